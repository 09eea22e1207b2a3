"""Alerts on a topic, as their reader finds them."""

import asyncio
import json

import pytest
from pydantic import ValidationError

from alerts.alert import Alert
from alerts.payload import body
from alerts.sinks import Delivered, Outcome, Refused, RetryLater
from alerts.sinks.kafka import KafkaSink, KafkaSinkConfig
from tests.stream.kafka.topics import topic_on
from tests.support.alerting import make_alert, make_event
from tests.support.kafka import Broker, connected_reader


def config(servers: str, topic: str, **more: object) -> KafkaSinkConfig:
    given = {"kind": "kafka", "bootstrap_servers": servers, "topic": topic}
    return KafkaSinkConfig.model_validate({**given, "connect_timeout_s": 30, **more})


def send(config: KafkaSinkConfig, *alerts: tuple[Alert, str]) -> list[Outcome]:
    async def send_all() -> list[Outcome]:
        sink = KafkaSink("topic", config)
        try:
            return await asyncio.gather(*(sink.send(alert, key, 1) for alert, key in alerts))
        finally:
            await sink.close()

    return asyncio.run(send_all())


def test_given_alerts_when_published_then_their_reader_has_them_with_their_keys(broker: Broker) -> None:
    topic = topic_on(broker)
    first, second = make_alert(make_event("a", story="pact")), make_alert(make_event("b"))

    outcomes = send(config(broker.bootstrap, topic.name), (first, "key-a"), (second, "key-b"))

    assert outcomes == [Delivered("offset 0"), Delivered("offset 1")]
    one, other = connected_reader(broker, topic.name, 2)
    headers = dict(one.headers)
    assert (one.key, one.value) == (b"pact", body(first))
    assert (headers["ce_id"], headers["ce_type"]) == (b"key-a", b"wirewatch.alert.v1")
    assert headers["ce_source"] == b"/wirewatch/rules/pact"
    assert other.key == second.match.event.event_id.encode()
    assert json.loads(other.value)["data"]["alert_id"] == second.alert_id


def test_given_another_order_when_published_then_the_key_says_so(broker: Broker) -> None:
    topic = topic_on(broker)
    alert = make_alert(make_event("a"))

    send(config(broker.bootstrap, topic.name, partition_by="rule"), (alert, "key-a"))

    assert connected_reader(broker, topic.name, 1)[0].key == b"pact"


def test_given_a_topic_that_takes_little_when_published_then_the_alert_is_refused(broker: Broker) -> None:
    topic = topic_on(broker, max_message_bytes="200")

    (outcome,) = send(config(broker.bootstrap, topic.name, compression="none"), (make_alert(), "key"))

    assert isinstance(outcome, Refused)


def test_given_no_broker_when_published_then_it_is_tried_again_and_no_secret_is_said() -> None:
    secret = "hush-hush-4711"
    sasl = {"mechanism": "SCRAM-SHA-512", "username": "app", "password": secret}
    nowhere = config("127.0.0.1:1", "alerts", sasl=sasl, connect_timeout_s=0.3)

    (outcome,) = send(nowhere, (make_alert(), "key"))

    assert isinstance(outcome, RetryLater)
    assert outcome.reason == "connection"
    assert secret not in f"{outcome} {nowhere!r}"


def test_given_a_configuration_with_a_mistake_when_read_then_the_error_holds_no_password() -> None:
    with pytest.raises(ValidationError) as refused:
        config(
            "kafka:9092", "no spaces", sasl={"mechanism": "PLAIN", "username": "a", "password": "hush-4711"}
        )

    assert "hush-4711" not in str(refused.value)
