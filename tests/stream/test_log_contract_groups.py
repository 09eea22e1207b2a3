"""What every log promises to consumer groups, whatever it is made of."""

import pytest

from stream.errors import CommitRefusedError, StreamError
from stream.log import Consumer
from tests.stream.articles import article
from tests.stream.logs import LogUnderTest, OpenLog, names, take


def settle(*consumers: Consumer) -> None:
    """Let each consumer learn of the others: one gives up what the next one takes."""
    for _ in range(3):
        for consumer in consumers:
            consumer.poll(1, timeout_s=0)


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
