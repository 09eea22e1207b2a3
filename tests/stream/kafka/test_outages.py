"""A broker that freezes, dies, and comes back."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from prometheus_client import CollectorRegistry

from stream.errors import LogUnavailableError
from stream.kafka.consumer import TopicConsumer
from stream.kafka.metrics import KafkaMetrics
from stream.kafka_log import KafkaLog
from stream.log import Producer, Record
from tests.stream.articles import article
from tests.stream.kafka.topics import Topic, topic_on
from tests.stream.logs import names, take
from tests.support.kafka import Broker, own_broker, reading
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.xdist_group("kafka-outages"), pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def frail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker that may be hurt."""
    with own_broker(tmp_path_factory.mktemp("frail") / "kafka") as broker:
        yield broker


@pytest.fixture
def topic(frail: Broker) -> Topic:
    return topic_on(frail)


def append_at_last(producer: Producer, name: str) -> None:
    """Append as a caller must: again, until it is acknowledged."""

    def appended() -> bool:
        try:
            producer.append([article(name)])
        except LogUnavailableError:
            return False
        return True

    wait_for(appended, 60)


def test_given_a_frozen_broker_when_it_thaws_then_what_was_refused_can_be_appended(topic: Topic) -> None:
    registry = CollectorRegistry()
    metrics = KafkaMetrics(registry)
    producer = KafkaLog(topic.options(append_timeout_s=1.5, connect_timeout_s=1.0), metrics).producer()
    append_at_last(producer, "oslo")

    topic.broker.freeze()
    try:
        for _ in range(2):
            with pytest.raises(LogUnavailableError):
                producer.append([article("bergen")])
        waited_s = registry.get_sample_value("wirewatch_producer_oldest_unacked_seconds")
    finally:
        topic.broker.thaw()
    append_at_last(producer, "bergen")
    append_at_last(producer, "tromso")

    assert waited_s is not None
    assert waited_s > 2
    assert registry.get_sample_value("wirewatch_producer_oldest_unacked_seconds") == 0
    producer.close()
    with reading(topic.log(), topic.group) as consumer:
        found = names(take_all(consumer))
    assert list(dict.fromkeys(found)) == ["oslo", "bergen", "tromso"]


def test_given_a_killed_broker_when_it_is_back_then_writer_and_reader_go_on(topic: Topic) -> None:
    producer = topic.log(append_timeout_s=5.0, connect_timeout_s=2.0).producer()
    append_at_last(producer, "oslo")
    with reading(topic.log(), topic.group) as consumer:
        assert names(take(consumer, 1)) == ["oslo"]

        topic.broker.kill()
        with pytest.raises(LogUnavailableError):
            producer.append([article("bergen")])
        wait_for(lambda: says_unavailable(consumer), 60)
        topic.broker.start()
        append_at_last(producer, "bergen")

        # "oslo" may stand there twice: what the broker took before it died was sent again.
        assert {"bergen"} <= set(names(take_all(consumer))) <= {"oslo", "bergen"}
    producer.close()


def test_given_a_producer_that_waits_when_closed_then_it_ends_at_once(topic: Topic) -> None:
    producer = topic.log(append_timeout_s=120.0).producer()
    append_at_last(producer, "oslo")
    topic.broker.freeze()
    try:
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(producer.append, [article("bergen")])
            producer.close()

            with pytest.raises(LogUnavailableError):
                waiting.result(20)
    finally:
        topic.broker.thaw()


def test_given_no_broker_at_all_when_used_then_it_says_so_in_time(topic: Topic) -> None:
    options = topic.options(bootstrap_servers="127.0.0.1:1", connect_timeout_s=0.5)
    log = KafkaLog(options)
    consumer, producer = log.consumer("alerts"), log.producer()

    with pytest.raises(LogUnavailableError, match=r"127\.0\.0\.1:1"):
        consumer.poll(1, 0.1)
    with pytest.raises(LogUnavailableError):
        producer.append([article("oslo")])
    consumer.close()
    producer.close()


def says_unavailable(consumer: TopicConsumer) -> bool:
    try:
        consumer.poll(1, 0.5)
    except LogUnavailableError:
        return True
    return False


def take_all(consumer: TopicConsumer) -> list[Record]:
    """Poll to the end, over the outages on the way."""
    records: list[Record] = []

    def is_read() -> bool:
        try:
            records.extend(consumer.poll(100, 0.5))
        except LogUnavailableError:
            return False
        return bool(records) and not any(consumer.lag_records().values())

    wait_for(is_read, 60)
    return records
