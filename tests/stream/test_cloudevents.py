"""The headers of an event on Kafka."""

import re

import pytest

from stream.cloudevents import Head, head_of, headers, traceparent
from stream.event import encode
from stream.kafka_log import KafkaLog
from stream.log import Record
from tests.stream.articles import article, same
from tests.stream.kafka.topics import topic_on
from tests.support.kafka import Broker, connected_reader

HEAD = Head("ABC", "wire/feed one", 3)


def test_given_an_event_when_described_then_what_cloudevents_require_is_there() -> None:
    found = dict(headers(HEAD))

    assert found["ce_specversion"] == b"1.0"
    assert found["ce_id"] == b"ABC.3"
    assert found["ce_source"] == b"/wirewatch/sources/wire%2Ffeed%20one"
    assert found["ce_type"] == b"wirewatch.article.v1"
    assert found["content-type"] == b"application/json"


def test_given_an_id_when_a_trace_begins_then_it_is_one_of_w3c_and_the_same_each_time() -> None:
    trace = traceparent("ABC.3").decode()

    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-00", trace)
    assert trace == traceparent("ABC.3").decode()
    assert trace != traceparent("ABC.4").decode()


def test_given_an_encoded_event_when_its_head_is_read_then_it_is_that_of_the_event() -> None:
    event = same(article("oslo"), revision=2)

    head = head_of(encode(event))

    assert (head.event_id, head.source, head.revision) == (event.event_id, "wire", 2)


@pytest.mark.parametrize("way", ["append", "forward"])
def test_given_either_way_when_published_then_kafka_holds_the_same_headers(broker: Broker, way: str) -> None:
    topic = topic_on(broker)
    producer = KafkaLog(topic.options()).producer()
    event = article("oslo", story="storm")
    if way == "append":
        producer.append([event])
    else:
        producer.forward([Record("articles", 0, 1, event.key, encode(event), event.first_seen_at)])
    producer.close()

    (message,) = connected_reader(broker, topic.name, 1)

    assert message.key == b"storm"
    assert message.value == encode(event)
    assert dict(message.headers)["ce_id"] == f"{event.event_id}.1".encode()
