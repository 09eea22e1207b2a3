"""What a consumer of Kafka does when the topic is not what it was."""

import threading

import pytest
from prometheus_client import CollectorRegistry

from stream.errors import BadEventError, LogUnavailableError, PositionLostError, StreamError
from stream.event import MAX_EVENT_BYTES, decode
from stream.kafka.consumer import TopicConsumer
from stream.kafka.decoding import record_of
from stream.kafka.metrics import KafkaMetrics
from stream.kafka.publisher import Message, Publisher
from tests.stream.kafka.topics import Topic
from tests.stream.logs import names, take
from tests.support.kafka import make_topic, reading
from tests.support.waiting import wait_for


def lost_at(consumer: TopicConsumer) -> PositionLostError:
    """Poll until the consumer says that its position is lost."""
    said: list[PositionLostError] = []

    def polled() -> bool:
        try:
            consumer.poll(10, 0.2)
        except PositionLostError as lost:
            said.append(lost)
        return bool(said)

    wait_for(polled)
    return said[0]


def test_given_a_position_that_retention_removed_when_polled_then_it_says_so_and_reads_the_oldest(
    topic: Topic,
) -> None:
    topic.append("oslo", "bergen", "tromso")
    registry = CollectorRegistry()
    consumer = TopicConsumer(topic.options(), topic.name, topic.group, KafkaMetrics(registry))
    wait_for(lambda: consumer.poll(1, 0.2) == [] and bool(consumer.assignment()))
    take(consumer, 1)
    topic.remove_before(2)

    consumer.seek(0, 0)
    lost = lost_at(consumer)

    assert (lost.reason, lost.partitions) == ("retention", frozenset({0}))
    assert names(take(consumer, 1)) == ["tromso"]
    assert registry.get_sample_value("wirewatch_position_lost_total", {"reason": "retention"}) == 1
    consumer.close()


def test_given_a_position_past_the_end_when_polled_then_the_topic_is_read_from_its_beginning(
    topic: Topic,
) -> None:
    topic.append("oslo", "bergen")
    with reading(topic.log(), topic.group) as consumer:
        take(consumer, 2)

        consumer.seek(0, 900)
        lost = lost_at(consumer)

        assert (lost.reason, lost.partitions) == ("replaced", frozenset({0}))
        assert names(take(consumer, 2)) == ["oslo", "bergen"]


def test_given_a_reader_when_its_topic_is_made_anew_then_it_reads_the_new_one_from_its_beginning(
    topic: Topic,
) -> None:
    topic.append("oslo", "bergen")
    with reading(topic.log(), topic.group) as consumer:
        assert names(take(consumer, 2)) == ["oslo", "bergen"]
        consumer.commit({0: 2})

        topic.make_anew()
        topic.append("tromso", "bodo", "narvik")
        lost = lost_at(consumer)

        assert lost.reason == "replaced"
        assert names(take(consumer, 3)) == ["tromso", "bodo", "narvik"]


def test_given_a_topic_made_anew_while_away_when_a_stored_position_is_sought_then_it_is_void(
    topic: Topic,
) -> None:
    topic.append("oslo", "bergen")
    with reading(topic.log(), topic.group) as consumer:
        take(consumer, 2)
        consumer.commit({0: 2})
    topic.make_anew()
    topic.append("tromso", "bodo", "narvik")

    with reading(topic.log(), topic.group) as consumer:
        consumer.seek(0, 2)
        lost = lost_at(consumer)

        assert (lost.reason, lost.partitions) == ("replaced", frozenset({0}))
        assert names(take(consumer, 3)) == ["tromso", "bodo", "narvik"]


def test_given_a_restart_before_the_first_commit_when_the_stored_position_is_sought_then_it_holds(
    topic: Topic,
) -> None:
    topic.append("oslo", "bergen")
    with reading(topic.log(), topic.group) as consumer:
        take(consumer, 1)

    with reading(topic.log(), topic.group) as consumer:
        consumer.seek(0, 1)

        assert names(take(consumer, 1)) == ["bergen"]


def test_given_no_topic_when_polled_then_it_names_the_command_that_makes_one(topic: Topic) -> None:
    topic.delete()
    consumer = topic.log().consumer(topic.group)

    with pytest.raises(LogUnavailableError, match="wirewatch kafka init"):
        consumer.poll(1, 0.2)
    consumer.close()


def test_given_no_topic_when_polled_again_and_again_then_no_connection_is_left(topic: Topic) -> None:
    topic.delete()
    consumer = topic.log().consumer(topic.group)
    before = threading.active_count()

    for _ in range(3):
        with pytest.raises(LogUnavailableError):
            consumer.poll(1, 0.1)

    wait_for(lambda: threading.active_count() <= before)


def test_given_a_topic_that_comes_late_when_polled_then_it_is_read(topic: Topic) -> None:
    topic.delete()
    consumer = topic.log().consumer(topic.group)
    with pytest.raises(LogUnavailableError):
        consumer.poll(1, 0.2)

    make_topic(topic.broker, topic.name)
    topic.append("oslo")

    assert names(take(consumer, 1)) == ["oslo"]
    consumer.close()


def test_given_a_named_member_when_it_restarts_then_no_partition_moves(topic: Topic) -> None:
    with reading(topic.log(member="one"), topic.group) as consumer:
        generation = _generation(consumer)

    with reading(topic.log(member="one"), topic.group) as consumer:
        assert _generation(consumer) == generation


def test_given_two_members_of_one_name_when_the_first_commits_then_it_reads_no_further(topic: Topic) -> None:
    topic.append("oslo")
    log = topic.log(member="one")
    with reading(log, topic.group) as first, reading(log, topic.group):
        take(first, 1)

        with pytest.raises(StreamError, match="under our name"):
            first.commit({0: 1})

        with pytest.raises(StreamError, match="under our name"):
            first.poll(1, 0.1)


def test_given_a_consumer_in_use_when_another_thread_polls_then_it_is_refused(topic: Topic) -> None:
    with reading(topic.log(), topic.group) as consumer:
        polling = threading.Thread(target=consumer.poll, args=(1, 2.0))
        polling.start()
        wait_for(consumer._busy.locked)

        with pytest.raises(StreamError, match="another thread"):
            consumer.poll(1, 0.1)
        polling.join()


def test_given_records_that_are_no_events_when_polled_then_each_can_become_a_dead_letter(
    topic: Topic,
) -> None:
    publisher = Publisher(topic.options(), topic.name)
    poison = [b"\xff\xfe", b"{", b"null", b'{"schema_version": 99}', b"", b"[" * 100_000]
    publisher.publish([Message(None, value) for value in poison])
    publisher.publish([Message(b"\xff", b"{}", [("wirewatch-damage", b"checksum")])])
    publisher.close()

    with reading(topic.log(), topic.group) as consumer:
        records = take(consumer, 7)

    reasons = []
    for record in records[:6]:
        with pytest.raises(BadEventError) as refused:
            decode(record.value)
        reasons.append(refused.value.reason)
    assert reasons[3] == "unsupported_version"
    assert [record.damage for record in records] == [None] * 6 + ["checksum"]


def test_given_a_record_larger_than_an_event_when_polled_then_it_is_damaged() -> None:
    class Found:
        topic, partition, offset, key, timestamp, headers = "t", 0, 1, b"k", 0, ()
        value = b"x" * (MAX_EVENT_BYTES + 1)

    assert record_of(Found()).damage == "too_large"


def _generation(consumer: TopicConsumer) -> int:
    assert consumer._membership is not None
    generation: int = consumer._membership._client.group_metadata().generation_id
    return generation
