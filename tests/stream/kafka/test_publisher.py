"""What reaches a topic, and how it looks there."""

import pytest

from stream.errors import BadEventError, LogUnavailableError, StreamError
from stream.event import decode
from stream.kafka.publisher import Message, Published, Publisher, TooLarge
from stream.kafka_log import KafkaLog
from stream.log import Record
from tests.stream.articles import BEGINNING, article
from tests.stream.kafka.topics import Topic, topic_on
from tests.stream.logs import names, take
from tests.support.kafka import Broker, reading


@pytest.mark.parametrize("compression", ["zstd", "gzip", "none"])
def test_given_a_compression_when_published_then_it_is_read_whole(topic: Topic, compression: str) -> None:
    topic.append("oslo", "bergen", text="word " * 5_000, compression=compression)

    with reading(topic.log(), topic.group) as consumer:
        assert names(take(consumer, 2)) == ["oslo", "bergen"]


def test_given_a_topic_that_takes_less_than_an_event_when_appended_then_it_is_too_large(
    broker: Broker,
) -> None:
    topic = topic_on(broker, max_message_bytes="20000")
    producer = topic.log(compression="none").producer()

    with pytest.raises(BadEventError) as refused:
        producer.append([article("oslo"), article("bergen", text="x" * 50_000)])

    assert refused.value.reason == "too_large"
    assert producer.append([article("tromso")])[0].offset >= 0
    with reading(topic.log(), topic.group) as consumer:
        assert names(take(consumer, 2)) == ["oslo", "tromso"]
    producer.close()


def test_given_records_that_cannot_go_whole_when_forwarded_then_their_reader_gets_dead_letters(
    broker: Broker,
) -> None:
    topic = topic_on(broker, max_message_bytes="80000")
    producer = topic.log(compression="none").producer()
    sound, large, broken = (
        record(b'{"event_id":"A","source":"s"}'),
        record(b"y" * 100_000),
        record(b"\x00\x01", damage="checksum"),
    )

    damaged = producer.forward([sound, large, broken])

    producer.close()
    assert damaged == 2
    with reading(topic.log(), topic.group) as consumer:
        found = {taken.damage: taken.value for taken in take(consumer, 3)}
    assert found[None] == sound.value
    assert found["checksum"] == broken.value
    assert large.value.startswith(found["too_large"])


def test_given_a_message_larger_than_any_when_published_then_only_it_is_refused(topic: Topic) -> None:
    publisher = Publisher(topic.options(), topic.name)

    small, large = publisher.publish([Message(b"k", b"small"), Message(b"k", b"x" * 2_000_000)])

    publisher.close()
    assert isinstance(small, Published)
    assert isinstance(large, TooLarge)


def test_given_no_topic_when_published_then_it_names_the_command_that_makes_one(topic: Topic) -> None:
    topic.delete()
    producer = topic.log(connect_timeout_s=1.0).producer()

    with pytest.raises(LogUnavailableError, match="wirewatch kafka init"):
        producer.append([article("oslo")])
    producer.close()


def test_given_a_closed_producer_when_it_appends_then_it_refuses(topic: Topic) -> None:
    producer = topic.log().producer()
    producer.close()

    with pytest.raises(StreamError):
        producer.append([article("oslo")])


def test_given_one_key_when_appended_in_many_batches_then_the_order_holds(broker: Broker) -> None:
    topic = topic_on(broker, 4)
    producer = topic.log().producer()
    events = [article(f"port{n}", story="storm") for n in range(200)]

    for begin in range(0, 200, 20):
        producer.append(events[begin : begin + 20])

    producer.close()
    with reading(KafkaLog(topic.options()), topic.group) as consumer:
        records = take(consumer, 200)
    assert len({found.partition for found in records}) == 1
    assert [decode(found.value).title for found in records] == [event.title for event in events]


def record(value: bytes, damage: str | None = None) -> Record:
    return Record("articles", 0, 1, "key", value, BEGINNING, damage)
