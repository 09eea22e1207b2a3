"""The canary as shipped, switched on: an article of our own comes out at the end of the whole path."""

import shutil
from pathlib import Path

from tests.support.command import ROOT
from tests.support.daemon import Daemon, Site
from tests.support.waiting import wait_for

DELIVERED = 'wirewatch_deliveries_total{outcome="delivered",sink="canary"}'
LAST = 'wirewatch_sink_last_delivery_timestamp_seconds{sink="canary"}'


def shipped(folder: Path, sources: str) -> Site:
    site = Site(folder)
    shutil.copytree(ROOT / "config", site.config, dirs_exist_ok=True)
    site.write("sources.yaml", f"sources:\n{sources}")
    return site


def sung(daemon: Daemon) -> float:
    return daemon.metric(DELIVERED) or 0.0


def test_given_the_canary_when_it_runs_then_each_song_is_delivered_and_nobody_is_bothered(
    tmp_path: Path,
) -> None:
    site = shipped(tmp_path, "  - {id: canary, kind: canary, interval_s: 1}\n")

    with site.running() as daemon:
        wait_for(lambda: sung(daemon) >= 2, 60)
        daemon.wait_until_ready()
        page = daemon.get("/sources")
        last = daemon.metric(LAST)
        raised = daemon.metric('wirewatch_rule_last_match_timestamp_seconds{rule="canary"}')
        assert daemon.end() == 0

        assert daemon.out.all == []
    assert (page.status, "canary" in page.text) == (200, True)
    assert last
    assert raised
