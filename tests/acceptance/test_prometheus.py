"""A real Prometheus scrapes a real run: every query of every rule and every page has data.

The run has what each metric needs: its log on Kafka, a canary every second, a feed, a push that is refused, a
sink that takes everything, one that fails and one that says it is gone.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tests.acceptance.test_canary import shipped
from tests.support.daemon import Site
from tests.support.kafka import Broker, new_topic
from tests.support.prometheus import (
    RULES,
    Prometheus,
    panels,
    require_prometheus,
    rules,
    scraping,
    selectors,
)
from tests.support.waiting import wait_for

require_prometheus()
pytestmark = pytest.mark.xdist_group("prometheus")

SOURCES = """
  - {{id: canary, kind: canary, interval_s: 1}}
  - {{id: wire, kind: feed, url: "{origin}/feed", interval_s: 1}}
"""
ROUTES = """
sinks:
  canary: {{kind: nowhere}}
  broken-hook: {{kind: webhook, url: "{origin}/broken"}}
  ended-hook: {{kind: webhook, url: "{origin}/ended"}}
default: [canary, broken-hook, ended-hook]
"""
DELIVERED_TWICE = 'increase(wirewatch_deliveries_total{sink="canary", outcome="delivered"}[1m]) > 2'
FEED = """<rss version="2.0"><channel><title>Wire</title>
<item><title>Iran and Turkey agree to increase military cooperation</title>
<link>https://news.example.org/pact</link><description>The talks took two days.</description></item>
</channel></rss>"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, broker: Broker) -> Iterator[Prometheus]:
    """A Prometheus that has scraped a busy run a few times, and goes on."""
    folder = tmp_path_factory.mktemp("run")
    with HTTPServer() as remote:
        remote.expect_request("/feed").respond_with_data(FEED, content_type="application/rss+xml")
        remote.expect_request("/broken").respond_with_data("no", 500)
        remote.expect_request("/ended").respond_with_data("no more", 410)
        site = _site(folder, remote.url_for("").rstrip("/"))
        on_kafka = {
            "WIREWATCH_STREAM__KAFKA__BOOTSTRAP_SERVERS": broker.bootstrap,
            "WIREWATCH_STREAM__KAFKA__TOPIC": new_topic(broker),
        }
        with site.running(WIREWATCH_NET__ALLOW='["127.0.0.1"]', **on_kafka) as daemon:
            target = daemon.url("").removeprefix("http://")
            with scraping(folder, target, sorted(RULES.glob("*.yml"))) as prometheus:
                assert daemon.push({"title": "", "text": ""}).status == 422
                wait_for(lambda: prometheus.has(DELIVERED_TWICE), 90)
                yield prometheus


def _site(folder: Path, origin: str) -> Site:
    site = shipped(folder, SOURCES.format(origin=origin))
    site.write("routes.yaml", ROUTES.format(origin=origin))
    return site


def without_data(server: Prometheus, expressions: set[str]) -> set[str]:
    """Those that still have none when time is up."""
    missing = set(expressions)
    deadline = time.monotonic() + 40
    while missing and time.monotonic() < deadline:
        missing -= {one for one in missing if server.has(one)}
    return missing


def test_given_a_real_run_when_each_panel_asks_then_it_has_data(server: Prometheus) -> None:
    asked = {
        target["expr"].replace("$__rate_interval", "1m").replace("$source", ".*").replace("$sink", ".*")
        for panel in panels()
        for target in panel["targets"]
    }

    assert len(asked) > 40
    assert without_data(server, asked) == set()


def test_given_a_real_run_when_recording_rules_are_evaluated_then_each_has_data(
    server: Prometheus,
) -> None:
    recorded = {str(rule["record"]) for rule in rules("record")}

    assert without_data(server, recorded) == set()


def test_given_a_real_run_when_each_alert_looks_for_its_series_then_they_are_there(
    server: Prometheus,
) -> None:
    asked = {one for rule in rules("alert") for one in selectors(rule["expr"])}

    assert 'wirewatch_hand_overs_refused_total{reason="full"}' in asked
    assert without_data(server, asked) == set()


def test_given_a_sink_that_is_gone_when_rules_are_evaluated_then_the_operator_hears_of_it(
    server: Prometheus,
) -> None:
    firing = 'ALERTS{alertstate="firing", alertname="WirewatchSinkDisabled", sink="ended-hook"}'

    assert without_data(server, {firing}) == set()


def test_given_the_rules_when_prometheus_runs_them_then_none_fails(server: Prometheus) -> None:
    assert set(server.health().values()) == {"ok"}
