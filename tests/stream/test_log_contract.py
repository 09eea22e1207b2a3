"""What every log promises, whatever it is made of."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from stream.errors import BadEventError, CommitRefusedError, StreamError
from stream.event import decode
from stream.log import Consumer, Record
from tests.stream.articles import article, same
from tests.stream.logs import DEADLINE_S, LogUnderTest, OpenLog, take


def names(records: list[Record]) -> list[str]:
    return [decode(record.value).title.split()[2] for record in records]


def settle(*consumers: Consumer) -> None:
    """Let each consumer learn of the others: one gives up what the next one takes."""
    for _ in range(3):
        for consumer in consumers:
            consumer.poll(1, timeout_s=0)


def test_given_an_appended_event_when_polled_then_the_record_carries_it_whole(log: LogUnderTest) -> None:
    event = article("oslo", story="storm")

    (place,) = log.producer().append([event])
    (record,) = take(log.consumer("alerts"), 1)

    assert decode(record.value) == event
    assert (record.topic, record.key, record.damage) == ("articles", "storm", None)
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

    assert len({record.partition for record in records}) > 1
    for story in range(7):
        assert names([r for r in records if r.key == f"story{story}"]) == [
            f"port{n}" for n in range(70) if n % 7 == story
        ]


def test_given_an_event_in_the_log_when_appended_again_then_it_keeps_its_place(log: LogUnderTest) -> None:
    first = log.producer().append([article("oslo"), article("bergen")])

    again = log.producer().append([article("bergen"), article("tromso"), article("tromso")])

    assert [place.is_new for place in first] == [True, True]
    assert [place.is_new for place in again] == [False, True, False]
    assert again[0].offset == first[1].offset
    assert again[1].offset == again[2].offset
    assert names(take(log.consumer("alerts"), 3)) == ["oslo", "bergen", "tromso"]


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
    assert log.consumer("alerts").poll(10, timeout_s=0) == []


def test_given_nothing_to_append_when_appended_then_there_are_no_places(log: LogUnderTest) -> None:
    assert log.producer().append([]) == []


def test_given_a_closed_producer_when_appended_then_it_refuses(log: LogUnderTest) -> None:
    producer = log.producer()
    producer.close()

    with pytest.raises(StreamError):
        producer.append([article("oslo")])


def test_given_a_consumer_that_died_before_its_commit_when_another_comes_then_it_reads_the_same(
    log: LogUnderTest,
) -> None:
    log.producer().append([article("oslo"), article("bergen"), article("tromso")])
    dying = log.consumer("alerts")
    (oslo, _) = take(dying, 2)
    dying.commit({0: oslo.offset + 1})

    log.let_consumers_be_given_up()
    heir = log.consumer("alerts")

    assert names(take(heir, 2)) == ["bergen", "tromso"]


def test_given_two_groups_when_one_reads_then_the_other_keeps_its_position(log: LogUnderTest) -> None:
    log.producer().append([article("oslo")])
    alerts, archive = log.consumer("alerts"), log.consumer("archive")

    (record,) = take(alerts, 1)
    alerts.commit({0: record.offset + 1})

    assert alerts.poll(10, timeout_s=0) == []
    assert names(take(archive, 1)) == ["oslo"]


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

    assert log.consumer("alerts").poll(10, timeout_s=0) == []


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


def test_given_two_consumers_of_a_group_when_they_poll_then_each_partition_has_one_reader(
    open_log: OpenLog,
) -> None:
    log = open_log(5)
    first, second = log.consumer("alerts"), log.consumer("alerts")

    log.let_consumers_be_given_up()
    settle(first, second)

    assert first.assignment() | second.assignment() == frozenset(range(5))
    assert not first.assignment() & second.assignment()


def test_given_the_consumers_of_a_group_when_one_leaves_then_the_other_reads_all(open_log: OpenLog) -> None:
    log = open_log(4)
    first, second = log.consumer("alerts"), log.consumer("alerts")
    log.let_consumers_be_given_up()
    settle(first, second)

    first.close()
    log.let_consumers_be_given_up()
    settle(second)

    assert second.assignment() == frozenset(range(4))


def test_given_one_partition_when_a_second_consumer_polls_then_it_gets_nothing(log: LogUnderTest) -> None:
    reader, standby = log.consumer("alerts"), log.consumer("alerts")

    log.producer().append([article("oslo")])

    assert standby.poll(10, timeout_s=0) == []
    assert names(take(reader, 1)) == ["oslo"]


def test_given_a_consumer_that_was_given_up_when_it_commits_then_it_is_refused(log: LogUnderTest) -> None:
    (place,) = log.producer().append([article("oslo")])
    zombie = log.consumer("alerts")
    take(zombie, 1)
    log.let_consumers_be_given_up()
    heir = log.consumer("alerts")

    with pytest.raises(CommitRefusedError):
        zombie.commit({0: place.offset + 1})

    assert names(take(heir, 1)) == ["oslo"]


def test_given_a_new_assignment_when_polled_then_no_record_comes_before_the_caller_could_seek(
    log: LogUnderTest,
) -> None:
    log.producer().append([article("oslo")])
    reader, standby = log.consumer("alerts"), log.consumer("alerts")
    reader.close()
    log.let_consumers_be_given_up()

    at_once = standby.poll(10, timeout_s=0)

    assert at_once == []
    assert standby.assignment() == {0}
    assert names(take(standby, 1)) == ["oslo"]


def test_given_records_that_a_group_has_not_read_when_retention_runs_then_they_stay(
    log: LogUnderTest,
) -> None:
    places = log.producer().append([article(f"port{n}") for n in range(10)])
    fast, slow = log.consumer("fast"), log.consumer("slow")
    fast.commit({0: places[9].offset + 1})
    slow.commit({0: places[3].offset})

    removed = log.retain_nothing_that_was_read()

    assert removed == 3
    assert names(take(slow, 7)) == [f"port{n}" for n in range(3, 10)]


def test_given_a_group_that_never_committed_when_retention_runs_then_all_stays(log: LogUnderTest) -> None:
    places = log.producer().append([article(f"port{n}") for n in range(10)])
    log.consumer("fast").commit({0: places[9].offset + 1})
    idle = log.consumer("idle")

    removed = log.retain_nothing_that_was_read()

    assert removed == 0
    assert len(take(idle, 10)) == 10


def test_given_no_group_when_retention_runs_then_all_stays(log: LogUnderTest) -> None:
    log.producer().append([article("oslo")])

    assert log.retain_nothing_that_was_read() == 0
    assert names(take(log.consumer("alerts"), 1)) == ["oslo"]


def test_given_a_log_that_retention_emptied_when_appended_then_no_offset_is_used_again(
    log: LogUnderTest,
) -> None:
    (old,) = log.producer().append([article("oslo")])
    consumer = log.consumer("alerts")
    consumer.commit({0: old.offset + 1})
    log.retain_nothing_that_was_read()

    (new,) = log.producer().append([article("bergen")])

    assert new.offset > old.offset
    consumer.seek(0, old.offset)
    assert names(take(consumer, 1)) == ["bergen"]


def test_given_a_closed_consumer_when_used_then_it_refuses(log: LogUnderTest) -> None:
    consumer = log.consumer("alerts")
    consumer.close()
    consumer.close()

    assert consumer.assignment() == frozenset()
    with pytest.raises(StreamError):
        consumer.poll(1, timeout_s=0)


def test_given_many_threads_when_they_append_then_every_event_stands_once(open_log: OpenLog) -> None:
    log = open_log(3)
    batches = [[article(f"port{(n * 7 + k) % 60}") for k in range(20)] for n in range(12)]

    with ThreadPoolExecutor(4) as pool:
        places = [place for batch in pool.map(log.producer().append, batches) for place in batch]

    assert sum(place.is_new for place in places) == 60
    assert sorted(names(take(log.consumer("alerts"), 60))) == sorted(f"port{n}" for n in range(60))
