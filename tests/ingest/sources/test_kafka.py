"""Articles that others publish: each taken once, or said to be none."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.article import EventItem
from ingest.sources import Polled, PollFailed, PollOutcome, Unchanged
from ingest.sources.kafka import KafkaSource, KafkaSourceConfig
from stream.event import encode
from stream.kafka.publisher import Message, Publisher
from tests.stream.articles import article
from tests.stream.kafka.topics import Topic, topic_on
from tests.support.kafka import Broker

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def topic(broker: Broker) -> Topic:
    return topic_on(broker)


def source(topic: Topic, **more: Any) -> KafkaSource:
    given = {"id": "pipe", "topic": topic.name, "bootstrap_servers": topic.broker.bootstrap}
    quick = {"connect_timeout_s": 30, "wait_s": 3.0}
    return KafkaSource(KafkaSourceConfig.model_validate({**given, **quick, **more}))


def publish(topic: Topic, *values: bytes) -> None:
    publisher = Publisher(topic.options(), topic.name)
    publisher.publish([Message(b"k", value) for value in values])
    publisher.close()


def poll(source: KafkaSource, cursor: Mapping[str, str] | None = None) -> PollOutcome:
    return asyncio.run(source.poll(cursor or {}, NOW))


def polled(source: KafkaSource, cursor: Mapping[str, str] | None = None) -> Polled:
    outcome = poll(source, cursor)
    assert isinstance(outcome, Polled), outcome
    return outcome


def test_given_articles_in_our_shapes_when_polled_then_each_is_an_item(topic: Topic) -> None:
    event = article("oslo")
    publish(
        topic, b'{"title": "Ferry late", "text": "It was late.", "url": "https://a.example/1"}', encode(event)
    )

    outcome = polled(source(topic, publisher="A Wire", language="en"))

    first, second = outcome.items
    assert (first.title, first.publisher, first.language) == ("Ferry late", "A Wire", "en")
    assert first.locator == f"{topic.name}[0]@0"
    assert isinstance(second, EventItem)
    assert second.event == event
    assert outcome.cursor["0"] == "2"


def test_given_a_cursor_when_polled_then_reading_goes_on_there_and_again_after_a_crash(topic: Topic) -> None:
    reading = source(topic, batch_records=2)
    publish(topic, *(json.dumps({"title": f"Part {n}", "text": "Text."}).encode() for n in range(4)))

    first = polled(reading)
    again = polled(reading)
    second = polled(source(topic), first.cursor)
    end = poll(reading, second.cursor)

    assert titles(first) == titles(again) == ["Part 0", "Part 1"]
    assert titles(second) == ["Part 2", "Part 3"]
    assert end == Unchanged(second.cursor)


def test_given_records_that_are_no_articles_when_polled_then_each_is_rejected_with_its_place(
    topic: Topic,
) -> None:
    publish(topic, b"{", b"", b"\xff", b"[1]", b'{"title": "Good", "text": "Yes."}')

    outcome = polled(source(topic))

    assert titles(outcome) == ["Good"]
    assert [rejected.reason for rejected in outcome.rejected] == ["invalid", "empty", "invalid", "invalid"]
    assert outcome.rejected[2].locator == f"{topic.name}[0]@2"
    assert outcome.cursor["0"] == "5"


def test_given_a_mapping_when_polled_then_fields_are_found_where_it_says(topic: Topic) -> None:
    fields = {
        "title": "doc.headline",
        "text": "doc.body.0",
        "url": "links.0.href",
        "published": "meta.at",
        "id": "key",
    }
    theirs = {
        "key": 7,
        "doc": {"headline": "Ferry late", "body": ["It was late.", "Very."]},
        "links": [{"href": "https://a.example/1"}],
        "meta": {"at": "2026-11-24T08:00:00Z"},
        "title": "not this one",
    }
    publish(topic, json.dumps(theirs).encode(), b"{}", b"7", b'{"doc": {"headline": [1]}}')

    outcome = polled(source(topic, fields=fields))

    found = outcome.items[0]
    assert (found.title, found.text, found.url) == ("Ferry late", "It was late.", "https://a.example/1")
    assert (found.id, found.published) == ("7", "2026-11-24T08:00:00Z")
    assert [rejected.reason for rejected in outcome.rejected] == ["invalid"]


def test_given_the_newest_as_start_when_polled_then_what_was_there_is_left(topic: Topic) -> None:
    reading = source(topic, start="newest")
    publish(topic, b'{"title": "Old", "text": "Old."}')
    first = poll(reading)
    assert isinstance(first, Unchanged)

    publish(topic, b'{"title": "New", "text": "New."}')

    assert titles(polled(reading, first.cursor)) == ["New"]


@pytest.mark.parametrize("how", ["retention", "replaced"])
def test_given_a_position_that_is_gone_when_polled_then_it_is_said_and_the_oldest_is_read(
    topic: Topic, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    publish(topic, *(json.dumps({"title": f"Part {n}", "text": "Text."}).encode() for n in range(4)))
    first = polled(source(topic, batch_records=1))
    if how == "retention":
        topic.remove_before(3)
    else:
        topic.make_anew()
        publish(topic, *(json.dumps({"title": f"Anew {n}", "text": "Text."}).encode() for n in range(4)))

    reading = source(topic)
    lost = poll(reading, first.cursor)

    assert isinstance(lost, Unchanged)
    (said,) = [r for r in caplog.records if "lost our position" in r.getMessage()]
    assert said.__dict__["reason"] == how
    wanted = ["Part 3"] if how == "retention" else [f"Anew {n}" for n in range(4)]
    assert titles(polled(reading, lost.cursor)) == wanted


def test_given_no_broker_or_topic_when_polled_then_the_poll_has_failed(topic: Topic) -> None:
    nowhere = source(topic, bootstrap_servers="127.0.0.1:1", connect_timeout_s=0.3)
    topic.delete()

    for reading in (nowhere, source(topic)):
        outcome = poll(reading)

        assert isinstance(outcome, PollFailed)
        assert outcome.reason == "connection"


def titles(outcome: Polled) -> list[str | None]:
    return [item.title for item in outcome.items]
