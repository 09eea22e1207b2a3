"""How consumers of a group share the partitions of a topic."""

import time

import pytest

from stream.errors import CommitRefusedError
from stream.log import Consumer
from tests.stream.articles import article
from tests.stream.logs import DEADLINE_S, OpenLog, names, take


def settle(*consumers: Consumer, partitions: int) -> None:
    """Let the consumers share the partitions out: one gives up what the next one takes. Nothing may come."""
    until = time.monotonic() + DEADLINE_S
    while sorted(p for consumer in consumers for p in consumer.assignment()) != list(range(partitions)):
        assert time.monotonic() < until, [consumer.assignment() for consumer in consumers]
        for consumer in consumers:
            assert consumer.poll(1, timeout_s=0.05) == []


def test_given_two_consumers_of_a_group_when_they_poll_then_each_partition_has_one_reader(
    open_shared: OpenLog,
) -> None:
    log = open_shared(5)
    first, second = log.consumer("alerts"), log.consumer("alerts")

    log.let_consumers_be_given_up()
    settle(first, second, partitions=5)

    assert first.assignment() | second.assignment() == frozenset(range(5))
    assert not first.assignment() & second.assignment()


def test_given_the_consumers_of_a_group_when_one_leaves_then_the_other_reads_all(
    open_shared: OpenLog,
) -> None:
    log = open_shared(4)
    first, second = log.consumer("alerts"), log.consumer("alerts")
    log.let_consumers_be_given_up()
    settle(first, second, partitions=4)

    first.close()
    log.let_consumers_be_given_up()
    settle(second, partitions=4)

    assert second.assignment() == frozenset(range(4))


def test_given_one_partition_when_a_second_consumer_polls_then_it_gets_nothing(open_shared: OpenLog) -> None:
    log = open_shared(1)
    first, second = log.consumer("alerts"), log.consumer("alerts")
    settle(first, second, partitions=1)
    reader, standby = (first, second) if first.assignment() else (second, first)

    log.producer().append([article("oslo")])

    assert standby.poll(10, log.patience_s / 5) == []
    assert names(take(reader, 1)) == ["oslo"]


def test_given_a_consumer_that_was_given_up_when_it_commits_then_it_is_refused(open_shared: OpenLog) -> None:
    log = open_shared(1)
    (place,) = log.producer().append([article("oslo")])
    zombie = log.consumer("alerts")
    take(zombie, 1)
    log.let_consumers_be_given_up()
    heir = log.consumer("alerts")

    with pytest.raises(CommitRefusedError):
        zombie.commit({0: place.offset + 1})

    assert names(take(heir, 1)) == ["oslo"]


def test_given_a_new_assignment_when_polled_then_no_record_comes_before_the_caller_could_seek(
    open_shared: OpenLog,
) -> None:
    log = open_shared(1)
    log.producer().append([article("oslo")])
    reader, standby = log.consumer("alerts"), log.consumer("alerts")
    reader.close()
    log.let_consumers_be_given_up()

    at_once = standby.poll(10, log.patience_s)

    assert at_once == []
    assert standby.assignment() == {0}
    assert names(take(standby, 1)) == ["oslo"]
