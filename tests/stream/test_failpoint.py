import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REACH_THREE_TIMES = (
    "from stream.failpoint import Failpoint, reach\n"
    "for n in range(3): reach(Failpoint({name!r})); print(n, flush=True)"
)


def run(name: str, armed: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", REACH_THREE_TIMES.format(name=name)],
        cwd=ROOT,
        env={**os.environ, "WIREWATCH_FAILPOINT": armed},
        capture_output=True,
        text=True,
        check=False,
    )


def test_given_no_armed_failpoint_when_reached_then_nothing_happens() -> None:
    assert run("match.before_commit", "").stdout.split() == ["0", "1", "2"]


@pytest.mark.parametrize(("armed", "said"), [("deliver.sent", []), ("deliver.sent:3", ["0", "1"])])
def test_given_an_armed_failpoint_when_reached_often_enough_then_the_process_is_killed(
    armed: str,
    said: list[str],
) -> None:
    died = run("deliver.sent", armed)

    assert died.returncode == -signal.SIGKILL
    assert died.stdout.split() == said
