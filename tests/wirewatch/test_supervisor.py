"""What systemd would hear, over a real datagram socket."""

import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from wirewatch.supervisor import Supervisor


@dataclass
class Ear:
    """A socket that listens as systemd does."""

    socket: socket.socket

    def heard(self) -> list[str]:
        """Everything said until now."""
        said = []
        while True:
            try:
                said.append(self.socket.recv(4096, socket.MSG_DONTWAIT).decode())
            except BlockingIOError:
                return said


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        yield Ear(listening)


def supervisor(tmp_path: Path, **more: str) -> Supervisor:
    return Supervisor({"NOTIFY_SOCKET": str(tmp_path / "notify"), **more})


def test_given_a_socket_when_told_then_it_hears_the_protocol(ear: Ear, tmp_path: Path) -> None:
    told = supervisor(tmp_path)

    told.ready()
    told.status("not ready: log: no room\non the disk")
    told.status("not ready: log: no room on the disk")
    told.stopping()
    told.alive()

    assert ear.heard() == ["READY=1", "STATUS=not ready: log: no room on the disk", "STOPPING=1"]


def test_given_a_reload_when_told_then_it_says_when_on_the_clock_of_systemd(ear: Ear, tmp_path: Path) -> None:
    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    supervisor(tmp_path).reloading()
    after = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000

    (message,) = ear.heard()
    first, second = message.split("\n")
    assert first == "RELOADING=1"
    assert before <= int(second.removeprefix("MONOTONIC_USEC=")) <= after


@pytest.mark.parametrize(
    ("more", "heard"),
    [
        ({"WATCHDOG_USEC": "30000000"}, ["WATCHDOG=1"]),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, ["WATCHDOG=1"]),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, []),
        ({"WATCHDOG_USEC": "0"}, []),
        ({"WATCHDOG_USEC": "soon"}, []),
        ({}, []),
    ],
)
def test_given_a_watchdog_or_none_when_alive_then_only_ours_is_fed(
    ear: Ear, tmp_path: Path, more: dict[str, str], heard: list[str]
) -> None:
    supervisor(tmp_path, **more).alive()

    assert ear.heard() == heard


def test_given_an_abstract_name_when_told_then_it_is_heard() -> None:
    name = f"wirewatch-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0{name}")
        Supervisor({"NOTIFY_SOCKET": f"@{name}"}).ready()

        assert Ear(listening).heard() == ["READY=1"]


def test_given_nobody_or_a_socket_that_is_gone_when_told_then_the_work_goes_on(tmp_path: Path) -> None:
    Supervisor({}).ready()
    supervisor(tmp_path).ready()
