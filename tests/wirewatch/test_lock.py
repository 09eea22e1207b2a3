"""The lock on a state: one holder, named, gone with its process even when that is killed."""

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from stream.errors import StateError
from tests.support.command import clean_environment
from wirewatch.cli.exits import code_of
from wirewatch.lock import StateLock

HOLDING = """
import sys
from pathlib import Path
from wirewatch.lock import StateLock
lock = StateLock(Path(sys.argv[1]), "ingest")
print("held", flush=True)
sys.stdin.read()
"""


def test_given_a_held_lock_when_taken_again_then_the_holder_is_named(tmp_path: Path) -> None:
    held = StateLock(tmp_path, "ingest")

    with pytest.raises(StateError, match=f"process {os.getpid()} runs the ingest role") as raised:
        StateLock(tmp_path, "ingest")
    other = StateLock(tmp_path, "alerts")

    assert code_of(raised.value) == 75
    other.release()
    held.release()


def test_given_a_released_lock_when_taken_then_it_is_held_anew(tmp_path: Path) -> None:
    StateLock(tmp_path / "made", "ingest").release()

    StateLock(tmp_path / "made", "ingest").release()


def test_given_a_holder_that_is_killed_when_taken_then_nothing_is_in_the_way(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=clean_environment(),
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StateError, match=f"process {holder.pid} "):
            StateLock(tmp_path, "ingest")

        holder.send_signal(signal.SIGKILL)
        holder.wait(20)

    StateLock(tmp_path, "ingest").release()


@pytest.mark.parametrize("after", ["deleted", "replaced"])
def test_given_a_held_lock_when_its_file_goes_then_nobody_else_gets_in(tmp_path: Path, after: str) -> None:
    held = StateLock(tmp_path, "ingest")
    (tmp_path / "lock.ingest").unlink()
    if after == "replaced":
        (tmp_path / "lock.ingest").touch()

    with pytest.raises(StateError, match="in use"):
        StateLock(tmp_path, "ingest")
    StateLock(tmp_path, "web").release()

    held.release()
    StateLock(tmp_path, "ingest").release()


def test_given_a_lock_of_an_older_version_when_taken_then_its_file_counts_too(tmp_path: Path) -> None:
    path = tmp_path / "lock.ingest"
    path.write_text("4711\n")
    with path.open() as older:
        fcntl.flock(older, fcntl.LOCK_EX)

        with pytest.raises(StateError, match="process 4711 runs the ingest role"):
            StateLock(tmp_path, "ingest")

    StateLock(tmp_path, "ingest").release()
