"""`wirewatch kafka init`, and what `wirewatch doctor` says of a broker."""

import uuid
from pathlib import Path

import pytest

from tests.support.kafka import Broker, make_topic
from tests.wirewatch.cli.conftest import Call

SERVERS = "WIREWATCH_STREAM__KAFKA__BOOTSTRAP_SERVERS"


@pytest.fixture
def topic(broker: Broker, config: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A name that no topic has yet, in the settings of a folder with a sound configuration."""
    name = f"test-{uuid.uuid4().hex}"
    monkeypatch.chdir(config.parent)
    monkeypatch.setenv(SERVERS, broker.bootstrap)
    monkeypatch.setenv("WIREWATCH_STREAM__KAFKA__TOPIC", name)
    monkeypatch.setenv("WIREWATCH_STREAM__KAFKA__CONNECT_TIMEOUT_S", "5")
    monkeypatch.setenv("WIREWATCH_WEB__PORT", "0")
    return name


def kafka_row(call: Call) -> dict[str, str]:
    (row,) = [row for row in call("doctor", "-o", "json").rows if row["check"] == "kafka"]
    return row


def test_given_no_topic_when_init_runs_then_it_is_made_once_and_the_doctor_is_content(
    topic: str, call: Call
) -> None:
    before = kafka_row(call)

    dry, made, again = (call("kafka", "init", *more, "-o", "json") for more in (["--dry-run"], [], []))

    states = [(ran.code, ran.rows[0]["state"]) for ran in (dry, made, again)]
    assert states == [(0, "would be made"), (0, "made"), (0, "fits")]
    assert (before["status"], "wirewatch kafka init" in before["detail"]) == ("bad", True)
    after = kafka_row(call)
    assert (after["status"], topic in after["detail"]) == ("ok", True)


def test_given_a_topic_that_does_not_fit_when_init_runs_then_it_says_so_and_changes_nothing(
    topic: str, broker: Broker, call: Call
) -> None:
    make_topic(broker, topic, 2, retention_ms="1000")

    first, second = call("kafka", "init", "-o", "json"), call("kafka", "init")

    assert (first.code, first.rows[0]["state"]) == (1, "misfit")
    assert "2 partitions, wanted 8" in first.rows[0]["detail"]
    assert "retention.ms=1000" in second.text
    assert kafka_row(call)["status"] == "warn"


def test_given_no_broker_when_asked_then_it_exits_69_and_the_doctor_says_why(
    topic: str, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SERVERS, "127.0.0.1:1")
    monkeypatch.setenv("WIREWATCH_STREAM__KAFKA__CONNECT_TIMEOUT_S", "0.5")

    ran = call("kafka", "init")

    assert (ran.code, "127.0.0.1:1" in ran.err) == (69, True)
    assert (kafka_row(call)["status"], topic) == ("bad", topic)


def test_given_no_kafka_in_the_settings_when_init_runs_then_it_names_the_setting(
    config: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(config.parent)
    monkeypatch.delenv(SERVERS, raising=False)

    ran = call("kafka", "init")

    assert (ran.code, "stream.kafka.bootstrap_servers" in ran.err) == (78, True)
