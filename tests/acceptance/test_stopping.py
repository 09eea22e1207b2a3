"""Stopping while a sink takes its time."""

import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.acceptance.conftest import STORY
from tests.support.command import spawn
from tests.support.daemon import Daemon, Site
from tests.support.kafka import Broker, own_broker

ALLOW = '["127.0.0.0/8"]'


@pytest.fixture(scope="module")
def frail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with own_broker(tmp_path_factory.mktemp("frail") / "kafka") as broker:
        yield broker


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


@pytest.mark.xdist_group("kafka-outages")
@pytest.mark.timeout(240)
@pytest.mark.parametrize("outage", ["frozen", "killed"])
def test_given_a_broker_that_is_gone_when_told_to_stop_then_every_part_ends_in_time(
    site: Site, frail: Broker, outage: str
) -> None:
    topic = f"{outage}-{site.folder.name}"
    on_kafka = {
        "WIREWATCH_STREAM__KAFKA__BOOTSTRAP_SERVERS": frail.bootstrap,
        "WIREWATCH_STREAM__KAFKA__TOPIC": topic,
    }
    ran = spawn("kafka", "init", env={"WIREWATCH_CONFIG_DIR": str(site.config), **on_kafka}, cwd=site.folder)
    assert ran.code == 0, ran.err
    site.write(
        "sources.yaml",
        f"sources:\n  - {{id: wire, kind: kafka, bootstrap_servers: '{frail.bootstrap}', topic: {topic}}}\n",
    )

    with site.running(**on_kafka) as daemon:
        daemon.wait_until_ready(60)
        frail.freeze() if outage == "frozen" else frail.kill()
        try:
            daemon.wait_for_log("poll failed", 60)
            began = time.monotonic()
            code = daemon.end()
            took_s = time.monotonic() - began
        finally:
            frail.thaw() if outage == "frozen" else frail.start()

    assert code == 0
    assert took_s < 10
    assert "Traceback" not in daemon.err.text()
