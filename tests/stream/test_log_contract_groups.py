"""What every log promises to consumer groups, whatever it is made of."""

import time

import pytest

from stream.errors import CommitRefusedError, StreamError
from stream.log import Consumer
from tests.stream.articles import article
from tests.stream.logs import DEADLINE_S, LogUnderTest, OpenLog, names, take


def settle(*consumers: Consumer, partitions: int) -> None:
    """Let the consumers share the partitions out: one gives up what the next one takes. Nothing may come."""
    until = time.monotonic() + DEADLINE_S
    while sorted(p for consumer in consumers for p in consumer.assignment()) != list(range(partitions)):
        assert time.monotonic() < until, [consumer.assignment() for consumer in consumers]
        for consumer in consumers:
            assert consumer.poll(1, timeout_s=0.05) == []


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

    assert alerts.poll(10, log.patience_s / 5) == []
    assert names(take(archive, 1)) == ["oslo"]


def test_given_two_consumers_of_a_group_when_they_poll_then_each_partition_has_one_reader(
    open_log: OpenLog,
) -> None:
    log = open_log(5)
    first, second = log.consumer("alerts"), log.consumer("alerts")

    log.let_consumers_be_given_up()
    settle(first, second, partitions=5)

    assert first.assignment() | second.assignment() == frozenset(range(5))
    assert not first.assignment() & second.assignment()


def test_given_the_consumers_of_a_group_when_one_leaves_then_the_other_reads_all(open_log: OpenLog) -> None:
    log = open_log(4)
    first, second = log.consumer("alerts"), log.consumer("alerts")
    log.let_consumers_be_given_up()
    settle(first, second, partitions=4)

    first.close()
    log.let_consumers_be_given_up()
    settle(second, partitions=4)

    assert second.assignment() == frozenset(range(4))


def test_given_one_partition_when_a_second_consumer_polls_then_it_gets_nothing(log: LogUnderTest) -> None:
    first, second = log.consumer("alerts"), log.consumer("alerts")
    settle(first, second, partitions=1)
    reader, standby = (first, second) if first.assignment() else (second, first)

    log.producer().append([article("oslo")])

    assert standby.poll(10, log.patience_s / 5) == []
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

    at_once = standby.poll(10, log.patience_s)

    assert at_once == []
    assert standby.assignment() == {0}
    assert names(take(standby, 1)) == ["oslo"]


def test_given_a_closed_consumer_when_used_then_it_refuses(log: LogUnderTest) -> None:
    consumer = log.consumer("alerts")
    consumer.close()
    consumer.close()

    assert consumer.assignment() == frozenset()
    with pytest.raises(StreamError):
        consumer.poll(1, timeout_s=0)
