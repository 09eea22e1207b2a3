"""What every log promises, whatever it is made of."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from stream.errors import BadEventError, StreamError
from stream.event import decode
from stream.log import Record
from tests.stream.articles import article, same
from tests.stream.logs import DEADLINE_S, LogUnderTest, OpenLog, names, take


def test_given_an_appended_event_when_polled_then_the_record_carries_it_whole(log: LogUnderTest) -> None:
    event = article("oslo", story="storm")

    (place,) = log.producer().append([event])
    (record,) = take(log.consumer("alerts"), 1)

    assert decode(record.value) == event
    assert (record.topic, record.key, record.damage) == (log.topic, "storm", None)
    assert (record.partition, record.offset) == (place.partition, place.offset)
    assert record.appended_at.tzinfo is not None


def test_given_stories_in_several_partitions_when_polled_then_each_story_is_in_order(
    open_log: OpenLog,
) -> None:
    log = open_log(4)
    events = [article(f"port{n}", story=f"story{n % 7}") for n in range(70)]

    for first in range(0, 70, 10):
        log.producer().append(events[first : first + 10])
    records = take(log.consumer("alerts"), 70)

    for story in range(7):
        assert names([r for r in records if r.key == f"story{story}"]) == [
            f"port{n}" for n in range(70) if n % 7 == story
        ]


def test_given_a_revision_when_appended_then_it_is_a_record_of_its_own(log: LogUnderTest) -> None:
    log.producer().append([article("oslo")])

    (place,) = log.producer().append([same(article("oslo"), revision=2)])

    assert place.is_new
    assert [decode(r.value).revision for r in take(log.consumer("alerts"), 2)] == [1, 2]


def test_given_an_event_too_large_when_appended_then_nothing_of_the_batch_is_stored(
    log: LogUnderTest,
) -> None:
    batch = [article("oslo"), article("bergen", text="x" * 1_100_000)]

    with pytest.raises(BadEventError) as refused:
        log.producer().append(batch)

    assert refused.value.reason == "too_large"
    assert log.consumer("alerts").poll(10, log.patience_s / 5) == []


def test_given_nothing_to_append_when_appended_then_there_are_no_places(log: LogUnderTest) -> None:
    assert log.producer().append([]) == []


def test_given_a_closed_producer_when_appended_then_it_refuses(log: LogUnderTest) -> None:
    producer = log.producer()
    producer.close()

    with pytest.raises(StreamError):
        producer.append([article("oslo")])


def test_given_a_consumer_when_it_seeks_then_it_reads_from_there(log: LogUnderTest) -> None:
    places = log.producer().append([article("oslo"), article("bergen"), article("tromso")])
    consumer = log.consumer("alerts")
    take(consumer, 3)

    consumer.seek(0, places[1].offset)

    assert names(take(consumer, 2)) == ["bergen", "tromso"]


def test_given_a_partition_of_another_when_a_consumer_seeks_then_it_is_told(log: LogUnderTest) -> None:
    consumer = log.consumer("alerts")

    with pytest.raises(StreamError):
        consumer.seek(7, 1)


def test_given_a_committed_position_when_an_earlier_one_is_committed_then_it_stays(log: LogUnderTest) -> None:
    places = log.producer().append([article("oslo"), article("bergen")])
    consumer = log.consumer("alerts")
    take(consumer, 2)
    consumer.commit({0: places[1].offset + 1})

    consumer.commit({0: places[0].offset})
    consumer.close()

    assert log.consumer("alerts").poll(10, log.patience_s / 5) == []


def test_given_a_position_past_the_end_when_committed_then_it_is_refused(log: LogUnderTest) -> None:
    consumer = log.consumer("alerts")

    with pytest.raises(StreamError):
        consumer.commit({0: 1_000})

    log.producer().append([article("oslo")])
    assert names(take(consumer, 1)) == ["oslo"]


def test_given_records_when_polled_then_the_lag_falls(log: LogUnderTest) -> None:
    log.producer().append([article(f"port{n}") for n in range(5)])
    consumer = log.consumer("alerts")

    before = consumer.lag_records()
    take(consumer, 3)

    assert (before, consumer.lag_records()) == ({0: 5}, {0: 2})


def test_given_an_empty_log_when_polled_then_it_returns_empty_in_time(log: LogUnderTest) -> None:
    consumer = log.consumer("alerts")

    started = time.monotonic()
    records = consumer.poll(10, timeout_s=0.05)

    assert records == []
    assert time.monotonic() - started < 1


def test_given_a_waiting_consumer_when_an_event_is_appended_then_it_wakes_up(log: LogUnderTest) -> None:
    consumer = log.consumer("alerts")
    polling = threading.Event()

    def wait() -> tuple[list[Record], float]:
        polling.set()
        return consumer.poll(10, timeout_s=60), time.monotonic()

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(wait)
        assert polling.wait(DEADLINE_S)
        appended_at = time.monotonic()
        log.producer().append([article("oslo")])
        records, woken_at = waiting.result(DEADLINE_S)

    assert names(records) == ["oslo"]
    assert woken_at - appended_at < 1


def test_given_many_threads_when_they_append_then_no_event_is_missing(open_log: OpenLog) -> None:
    log = open_log(3)
    producer = log.producer()
    batches = [[article(f"port{n}.{k}") for k in range(5)] for n in range(12)]

    with ThreadPoolExecutor(4) as pool:
        places = [place for batch in pool.map(producer.append, batches) for place in batch]

    assert len({(place.partition, place.offset) for place in places}) == 60
    records = take(log.consumer("alerts"), 60)
    assert sorted(names(records)) == sorted(f"port{n}.{k}" for n in range(12) for k in range(5))
