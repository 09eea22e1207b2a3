"""TLS and SASL against a real broker, and secrets that stay secret."""

import base64
import json
import logging
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from stream.errors import LogUnavailableError
from stream.kafka.hearing import LastWords
from stream.kafka.options import KafkaOptions
from stream.kafka.topics import open_topics
from stream.kafka_log import KafkaLog
from tests.stream.articles import article
from tests.stream.kafka.topics import Topic
from tests.stream.logs import names, take
from tests.support.kafka import CERTIFICATE, PASSWORD, USER, Broker, reading

TLS = {"enabled": True, "ca_file": str(CERTIFICATE)}


def password(mechanism: str, secret: str = PASSWORD) -> dict[str, str]:
    return {"mechanism": mechanism, "username": USER, "password": secret}


def round_trip(topic: Topic, **more: Any) -> list[str]:
    """Write one event and read it back."""
    log = KafkaLog(topic.options(**more))
    producer = log.producer()
    producer.append([article("oslo")])
    producer.close()
    with reading(log, topic.group) as consumer:
        return names(take(consumer, 1))


def test_given_tls_when_used_then_events_go_through_it(topic: Topic) -> None:
    assert round_trip(topic, bootstrap_servers=topic.broker.tls, tls=TLS) == ["oslo"]


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
def test_given_a_password_when_used_then_the_broker_lets_us_in(topic: Topic, mechanism: str) -> None:
    sasl = password(mechanism)

    assert round_trip(topic, bootstrap_servers=topic.broker.sasl, tls=TLS, sasl=sasl) == ["oslo"]


def test_given_a_token_file_when_used_then_the_broker_lets_us_in(topic: Topic, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(unsigned_token())
    sasl = {"mechanism": "OAUTHBEARER", "token_file": str(token)}

    assert round_trip(topic, bootstrap_servers=topic.broker.sasl, tls=TLS, sasl=sasl) == ["oslo"]


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
def test_given_a_wrong_password_when_used_then_nobody_reads_it(
    topic: Topic, mechanism: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "not-the-password-4711"
    options = topic.options(
        bootstrap_servers=topic.broker.sasl,
        tls=TLS,
        sasl=password(mechanism, secret),
        connect_timeout_s=6.0,
    )

    with pytest.raises(LogUnavailableError, match="with its password") as refused:
        KafkaLog(options).consumer("alerts").poll(1, 0.1)
    with pytest.raises(LogUnavailableError), open_topics(options):
        pass

    assert secret not in f"{refused.value!r} {refused.value.__cause__!r} {options!r} {caplog.text}"


def test_given_a_right_password_when_topics_are_asked_for_then_no_log_has_it(
    broker: Broker, topic: Topic, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    options = topic.options(bootstrap_servers=broker.sasl, tls=TLS, sasl=password("PLAIN"))

    with open_topics(options) as topics:
        assert topics.brokers() == 1

    assert PASSWORD not in caplog.text


def test_given_an_authority_we_do_not_know_when_used_then_we_do_not_talk(topic: Topic) -> None:
    options = topic.options(bootstrap_servers=topic.broker.tls, tls={"enabled": True}, connect_timeout_s=2.0)

    with pytest.raises(LogUnavailableError, match="certificate verify failed"):
        KafkaLog(options).consumer("alerts").poll(1, 0.1)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sasl": {"mechanism": "PLAIN", "username": "a", "password": "b"}}, "in clear"),
        ({"sasl": {"mechanism": "SCRAM-SHA-256", "username": "a"}}, "needs sasl.username"),
        ({"sasl": {"mechanism": "OAUTHBEARER"}}, "token_file"),
    ],
)
def test_given_options_that_are_not_whole_or_safe_when_read_then_they_say_why(
    given: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        KafkaOptions.model_validate({"bootstrap_servers": "kafka.example:9092", **given})


def unsigned_token() -> str:
    """A token such as a test broker takes: a claim without a signature (RFC 7515, `alg` none)."""

    def part(content: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")

    now = int(time.time())
    return f"{part({'alg': 'none'})}.{part({'sub': USER, 'iat': now, 'exp': now + 600, 'scope': []})}."


@pytest.mark.parametrize(
    "why", ["KafkaConnectionError: socket disconnected", "[Error 58] SaslAuthenticationFailedError"]
)
def test_given_a_broker_that_says_no_or_hangs_up_when_heard_then_both_hint_at_the_settings(why: str) -> None:
    words = LastWords()

    words.emit(logging.LogRecord("kafka.net", logging.ERROR, "", 0, f"Connection lost: {why}", None, None))

    assert words.text.startswith(why)
    assert "with its password" in words.text
