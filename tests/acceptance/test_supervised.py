"""The daemon under something that listens as systemd does: told of its start, its reload and its end."""

import signal
import socket
from collections.abc import Iterator

import pytest

from tests.support.daemon import Site


@pytest.fixture
def ear(site: Site) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(site.folder / "notify"))
        listening.settimeout(30)
        yield listening


def hear(ear: socket.socket, wanted: str) -> list[str]:
    """What is said up to a message that begins with the wanted word."""
    said: list[str] = []
    while not said or not said[-1].startswith(wanted):
        said.append(ear.recv(4096).decode())
    return said


def test_given_a_supervisor_when_started_reloaded_and_stopped_then_it_hears_each_in_order(
    site: Site, ear: socket.socket
) -> None:
    with site.running(NOTIFY_SOCKET=str(site.folder / "notify"), WATCHDOG_USEC="30000000") as daemon:
        assert hear(ear, "READY=1") == ["READY=1"]
        daemon.wait_for_log("started")
        hear(ear, "WATCHDOG=1")
        hear(ear, "STATUS=ready")

        daemon.send(signal.SIGHUP)
        hear(ear, "RELOADING=1\nMONOTONIC_USEC=")
        assert hear(ear, "READY=1") == ["READY=1"]

        daemon.send(signal.SIGTERM)
        hear(ear, "STOPPING=1")
        hear(ear, "STATUS=draining")
        assert daemon.wait() == 0
