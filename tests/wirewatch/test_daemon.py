import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from wirewatch.daemon import Daemon
from wirewatch.readiness import Readiness
from wirewatch.supervisor import Supervisor

DEADLINE_S = 10.0


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """The daemon takes the signals of this process, and never gives them back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


class Part:
    """A role that does as told when it is stopped."""

    def __init__(self, name: str, stop: Callable[[], object], *, is_last: bool = False) -> None:
        self.name = name
        self._stop = stop
        self._is_last = is_last

    def start(self) -> None:
        if self._is_last:  # all have started
            signal.raise_signal(signal.SIGTERM)

    def stop(self) -> None:
        self._stop()


def run(*parts: Part) -> None:
    Daemon(parts, Readiness(), lambda: None, Supervisor({})).run()


def test_given_a_part_that_hangs_when_told_to_stop_then_the_others_end_and_it_is_left_behind(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("wirewatch.daemon._ROLES_END_S", 0.05)
    ended: list[str] = []
    goes_on = threading.Event()

    with caplog.at_level(logging.WARNING):
        run(
            Part("web", lambda: ended.append("web")),
            Part("deliver", lambda: ended.append("deliver")),
            Part("ingest", lambda: goes_on.wait(DEADLINE_S), is_last=True),
        )
    goes_on.set()

    assert ended == ["deliver", "web"]
    said = [record for record in caplog.records if record.message.startswith("did not stop in time")]
    assert [record.__dict__["role"] for record in said] == ["ingest"]


def test_given_parts_that_take_a_while_when_told_to_stop_then_they_end_side_by_side_before_the_first() -> (
    None
):
    together = threading.Barrier(2, timeout=DEADLINE_S)
    ended: list[str] = []

    def end(name: str) -> None:
        together.wait()
        ended.append(name)

    run(
        Part("web", lambda: ended.append("web")),
        Part("deliver", lambda: end("deliver")),
        Part("ingest", lambda: end("ingest"), is_last=True),
    )

    assert sorted(ended[:2]) == ["deliver", "ingest"]
    assert ended[2] == "web"


def test_given_a_process_that_does_not_end_when_its_time_is_over_then_it_is_ended_without_an_error() -> None:
    code = "import logging, threading; from wirewatch.daemon import end_within; logging.basicConfig(); "
    code += "end_within(0.1); threading.Event().wait()"

    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )

    assert ended.returncode == 0
    assert "did not end in time, ending at once" in ended.stderr


def test_given_a_thread_that_hangs_when_leaving_then_nobody_waits_for_it() -> None:
    code = "import threading; from wirewatch.daemon import leave; "
    code += "threading.Thread(target=threading.Event().wait).start(); leave()"

    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=False)

    assert ended.returncode == 0
