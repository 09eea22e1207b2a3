"""A disk that is really full: the state on a small file system of its own."""

import os
import secrets
import subprocess
from collections.abc import Iterator

import pytest

from tests.acceptance.conftest import STORY
from tests.support.daemon import Daemon, Site
from tests.support.waiting import wait_for


@pytest.fixture
def small_disk(site: Site) -> Iterator[Site]:
    site.state.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "none", str(site.state)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("needs root to mount a small file system")
    yield site
    subprocess.run(["umount", str(site.state)], check=True)


def push_until_refused(daemon: Daemon) -> int:
    """How many articles were taken before the disk was full."""
    for number in range(200):
        text = f"{STORY['text']} {secrets.token_hex(20_000)}"  # does not compress
        answer = daemon.push({**STORY, "url": f"https://news.example.org/{number}", "text": text})
        if answer.status == 507:
            assert "retry-after" in {name.lower() for name in answer.headers}
            return number
        assert answer.status == 202
    pytest.fail("the disk never filled up")


def test_given_a_disk_that_fills_up_when_pushed_then_it_answers_507_and_takes_articles_again_by_itself(
    small_disk: Site,
) -> None:
    ballast = small_disk.state / "ballast"
    ballast.write_bytes(bytes(1_500_000))
    with small_disk.running(WIREWATCH_INGEST__INTAKE__FULL_RETRY_S="0.5") as daemon:
        daemon.wait_until_ready()

        taken = push_until_refused(daemon)
        refused = daemon.get("/readyz")
        ballast.unlink()
        after = {**STORY, "url": "https://news.example.org/after"}
        wait_for(lambda: daemon.push(after).status == 202)

        daemon.wait_until_ready()
        daemon.out.wait(lambda line: "/after" in line)
        alerts = [line for line in daemon.out.all if line.startswith("ALERT")]
        assert taken > 0
        assert refused.status == 503
        assert refused.json()["checks"]["log"]["ready"] is False
        assert len(alerts) == taken + 1
        assert daemon.end() == 0
