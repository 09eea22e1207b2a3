"""Stopping while a sink takes its time."""

import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.acceptance.conftest import STORY
from tests.support.daemon import Daemon, Site

ALLOW = '["127.0.0.0/8"]'


@contextmanager
def hanging_sink(site: Site) -> Iterator[socket.socket]:
    """A receiver that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(30)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/hook"
        routes = f'sinks:\n  hook: {{kind: webhook, url: "{url}"}}\ndefault: [hook]\n'
        site.write("routes.yaml", routes)
        yield listening


def send_into(listening: socket.socket, daemon: Daemon) -> socket.socket:
    """Have the daemon in the midst of a send."""
    assert daemon.push(STORY).status == 202
    connection, _ = listening.accept()
    connection.settimeout(30)
    assert connection.recv(1)
    return connection


def test_given_a_sink_that_hangs_when_told_to_stop_then_it_gives_the_alert_back_and_ends_in_time(
    site: Site,
) -> None:
    with hanging_sink(site) as listening, site.running(WIREWATCH_NET__ALLOW=ALLOW) as daemon:
        with send_into(listening, daemon):
            began = time.monotonic()
            code = daemon.end()
            took_s = time.monotonic() - began

        assert code == 0
        assert took_s < 10

        with site.running(WIREWATCH_NET__ALLOW=ALLOW), listening.accept()[0] as again:
            assert again.recv(1)  # it is sent again, by the next one, at once


def test_given_a_daemon_that_drains_when_told_again_then_it_ends_at_once(site: Site) -> None:
    with hanging_sink(site) as listening, site.running(WIREWATCH_NET__ALLOW=ALLOW) as daemon:
        with send_into(listening, daemon):
            daemon.send(signal.SIGTERM)
            daemon.wait_for_log("draining")
            began = time.monotonic()
            code = daemon.end(signal.SIGTERM)
            took_s = time.monotonic() - began

        assert code == 128 + signal.SIGTERM
        assert took_s < 3  # the sends under way would have had seven seconds
