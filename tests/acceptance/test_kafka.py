"""The installed command on a real Kafka: all in one, apart, and with the broker away."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from stream.kafka.publisher import Message, Publisher
from tests.acceptance.conftest import STORY, furnished
from tests.support.command import spawn
from tests.support.daemon import Site
from tests.support.kafka import Broker, connected_reader, new_topic, options_of, own_broker
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.xdist_group("kafka-outages"), pytest.mark.timeout(240)]
FILE = "sinks:\n  file: {kind: file, path: alerts.jsonl}\ndefault: [file]\n"


@pytest.fixture(scope="module")
def frail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with own_broker(tmp_path_factory.mktemp("frail") / "kafka") as broker:
        yield broker


def environment(broker: Broker, topic: str) -> dict[str, str]:
    return {
        "WIREWATCH_STREAM__KAFKA__BOOTSTRAP_SERVERS": broker.bootstrap,
        "WIREWATCH_STREAM__KAFKA__TOPIC": topic,
        "WIREWATCH_STREAM__KAFKA__SESSION_TIMEOUT_S": "6",
        "WIREWATCH_STREAM__KAFKA__APPEND_TIMEOUT_S": "5",
        "WIREWATCH_STREAM__KAFKA__CONNECT_TIMEOUT_S": "2",
    }


def init(site: Site, on_kafka: dict[str, str]) -> None:
    config = {"WIREWATCH_CONFIG_DIR": str(site.config), **on_kafka}
    ran = spawn("kafka", "init", env=config, cwd=site.folder)
    assert ran.code == 0, ran.err


def numbered(count: int, first: int = 0) -> list[dict[str, str]]:
    return [
        {**STORY, "url": f"{STORY['url']}/{n}", "text": f"Part {n}. {STORY['text']}"}
        for n in range(first, count)
    ]


def alerted(site: Site) -> list[str]:
    """The URLs of the alerts in the file, as often as they stand there."""
    path = site.folder / "alerts.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    return sorted(json.loads(line)["data"]["article"]["url"] for line in lines)


def failing(readyz: str) -> set[str]:
    """The checks that say no."""
    return {name for name, check in json.loads(readyz)["checks"].items() if not check["ready"]}


def test_given_kafka_when_one_process_does_all_then_each_article_is_one_alert(
    site: Site, broker: Broker
) -> None:
    site.write("routes.yaml", FILE)
    on_kafka = environment(broker, f"all-{site.folder.name}")
    init(site, on_kafka)

    with site.running(**on_kafka) as daemon:
        daemon.wait_until_ready(60)
        assert daemon.push(numbered(5)).status == 202
        wait_for(lambda: len(alerted(site)) == 5, 60)
        lag = daemon.metric('wirewatch_lag_records{group="forward",partition="0"}')
        assert daemon.metric('wirewatch_events_forwarded_total{outcome="whole"}') == 5
        assert daemon.end() == 0
    with site.running(**on_kafka) as daemon:
        daemon.wait_until_ready(60)
        assert daemon.push(numbered(7, 5)).status == 202
        wait_for(lambda: len(alerted(site)) == 7, 60)
        daemon.end()

    assert lag == 0
    assert alerted(site) == [article["url"] for article in numbered(7)]
    assert "Traceback" not in daemon.err.text()


def test_given_the_broker_away_when_started_then_articles_are_taken_and_alerts_come_when_it_is_back(
    site: Site, frail: Broker
) -> None:
    site.write("routes.yaml", FILE)
    on_kafka = environment(frail, "away")
    init(site, on_kafka)
    frail.stop()

    with site.running(**on_kafka) as daemon:
        daemon.wait_for_log("started")
        assert daemon.push(numbered(3)).status == 202
        daemon.wait_for_log("the log cannot be reached, trying again", 60)
        daemon.wait_for_log("Kafka does not take events, they wait in the log", 60)
        away = daemon.get("/readyz")
        frail.start()
        wait_for(lambda: len(alerted(site)) == 3, 60)
        daemon.wait_until_ready()
        frail.kill()
        assert daemon.push(numbered(6, 3)).status == 202
        frail.start()
        wait_for(lambda: len(alerted(site)) == 6, 90)
        assert daemon.end() == 0

    assert away.status == 503
    assert {"alerts", "forward"} <= failing(away.text)
    assert alerted(site) == [article["url"] for article in numbered(6)]
    assert "Traceback" not in daemon.err.text()


def test_given_roles_apart_when_each_has_its_own_state_then_alerts_come_all_the_same(
    tmp_path: Path, broker: Broker
) -> None:
    ingest, alerts = furnished(tmp_path / "ingest"), furnished(tmp_path / "alerts")
    alerts.write("routes.yaml", FILE)
    on_kafka = environment(broker, f"apart-{tmp_path.name}")
    init(ingest, on_kafka)

    with (
        ingest.running("ingest", **on_kafka) as source,
        alerts.running("alerts", "deliver", **on_kafka) as matcher,
    ):
        source.wait_until_ready(60)
        matcher.wait_until_ready(60)
        assert source.push(numbered(4)).status == 202
        wait_for(lambda: len(alerted(alerts)) == 4, 60)
        assert matcher.end() == 0
        assert source.end() == 0

    assert alerted(alerts) == [article["url"] for article in numbered(4)]
    assert alerted(ingest) == []


def test_given_a_topic_as_source_and_one_as_sink_when_articles_come_then_their_alerts_go(
    site: Site, broker: Broker
) -> None:
    articles, alerts = new_topic(broker), new_topic(broker)
    there = f"kind: kafka, bootstrap_servers: '{broker.bootstrap}'"
    fields = "{title: doc.head, text: doc.body, url: link}"
    site.write(
        "sources.yaml",
        f"sources:\n  - {{id: pipe, {there}, topic: {articles}, interval_s: 0.2, fields: {fields}}}\n",
    )
    site.write("routes.yaml", f"sinks:\n  topic: {{{there}, topic: {alerts}}}\ndefault: [topic]\n")
    theirs = [{"doc": {"head": one["title"], "body": one["text"]}, "link": one["url"]} for one in numbered(3)]
    publisher = Publisher(options_of(broker, articles), articles)
    publisher.publish([Message(None, json.dumps(one).encode()) for one in theirs] + [Message(None, b"{")])

    with site.running() as daemon:
        found = connected_reader(broker, alerts, 3)
        rejected = 'wirewatch_items_settled_total{reason="invalid",source="pipe",state="rejected"}'
        wait_for(lambda: daemon.metric(rejected) == 1)
        assert daemon.end() == 0

    publisher.close()
    urls = sorted(json.loads(message.value)["data"]["article"]["url"] for message in found)
    assert urls == [article["url"] for article in numbered(3)]
