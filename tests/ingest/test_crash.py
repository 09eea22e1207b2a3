import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ingest.polling.test_poll import poll
from tests.ingest.scripted import ScriptedSource, polled
from tests.ingest.world import item, world

ROOT = Path(__file__).parents[2]
ITEMS = 25


def feed() -> ScriptedSource:
    entries = [item(f"Story {n}", url=f"https://example.org/{n}") for n in range(ITEMS)]
    return ScriptedSource(script=[polled(*entries, etag="7")])


def poll_once(folder: str) -> None:
    """What the child process does, until its failpoint."""
    with world(Path(folder), items_per_commit=10) as here:
        poll(here, feed())


@pytest.mark.parametrize(
    ("failpoint", "stored"),
    [
        ("ingest.fetched", 0),
        ("ingest.before_commit", 0),
        ("ingest.after_commit", 10),
        ("ingest.before_commit:2", 10),
        ("ingest.after_commit:2", 20),
        ("ingest.before_commit:3", 20),
        ("ingest.after_commit:3", 25),
    ],
)
def test_given_a_kill_at_a_failpoint_when_polled_again_then_every_item_is_on_the_log_once(
    tmp_path: Path, failpoint: str, stored: int
) -> None:
    program = "import sys; from tests.ingest.test_crash import poll_once; poll_once(sys.argv[1])"
    environment = {**os.environ, "WIREWATCH_FAILPOINT": failpoint}
    killed = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, env=environment, timeout=60, check=False
    )

    with world(tmp_path) as here:
        after_kill = len(here.events())
        source = feed()
        report = poll(here, source)

        assert killed.returncode == -signal.SIGKILL
        assert after_kill == stored
        assert source.cursors == [{"etag": "7"} if stored == ITEMS else {}]
        assert [event.title for event in here.events()] == [f"Story {n}" for n in range(ITEMS)]
        assert (report.tally.new, report.tally.duplicate) == (ITEMS - stored, stored)
        ledger = here.store.ledgers()["wire"]
        assert ledger.is_balanced
        assert ledger.new == ITEMS
