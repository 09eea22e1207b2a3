"""The configuration that is shipped, on the sample articles: what somebody sees who has just cloned it.

The publishers' feeds are left out, so that a test asks none of them.
"""

import shutil
from pathlib import Path

import pytest

from tests.support.command import ROOT
from tests.support.daemon import Site

STORY = "Iran–Turkey military cooperation"


@pytest.fixture
def shipped(tmp_path: Path) -> Site:
    site = Site(tmp_path)
    shutil.copytree(ROOT / "config", site.config, dirs_exist_ok=True)
    site.write("sources.yaml", f"sources:\n  - {{id: seeds, kind: files, path: {ROOT}/seeds/articles}}\n")
    return site


def test_given_a_fresh_clone_when_run_then_within_a_minute_it_shows_the_story_and_never_again(
    shipped: Site,
) -> None:
    with shipped.running() as daemon:
        line = daemon.out.wait(lambda line: STORY in line, timeout_s=60)
        daemon.wait_until_ready()
        page = daemon.get("/alerts").text
        matches = daemon.metric('wirewatch_rule_matches_total{rule="ir-tr-military-cooperation"}')
        assert daemon.end() == 0

    assert "*Iran*" in line
    assert "*Turkey*" in line
    assert STORY in page
    assert matches

    with shipped.running() as daemon:
        daemon.wait_until_ready()
        assert daemon.end() == 0
        assert daemon.out.all == []
