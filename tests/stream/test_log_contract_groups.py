"""What every log promises to consumer groups, whatever it is made of."""

import pytest

from stream.errors import PositionLostError, StreamError
from tests.stream.articles import article
from tests.stream.logs import LogUnderTest, names, take


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


def test_given_a_position_kept_with_its_lineage_when_sought_then_it_reads_on_from_there(
    log: LogUnderTest,
) -> None:
    log.producer().append([article("oslo"), article("bergen"), article("tromso")])
    (oslo, bergen, _) = take(log.consumer("alerts"), 3)
    log.let_consumers_be_given_up()
    heir = log.consumer("alerts")
    assert oslo.lineage

    heir.seek(0, bergen.offset, oslo.lineage)

    assert names(take(heir, 2)) == ["bergen", "tromso"]


def test_given_a_position_in_another_log_when_sought_then_it_is_told_and_reads_from_the_oldest_record(
    log: LogUnderTest,
) -> None:
    log.producer().append([article("oslo"), article("bergen"), article("tromso")])
    consumer = log.consumer("alerts")
    take(consumer, 3)
    consumer.commit({0: 2})

    consumer.seek(0, 3, "0123456789abcdef@1")
    with pytest.raises(PositionLostError) as lost:
        take(consumer, 1)

    assert lost.value.reason == "replaced"
    assert lost.value.partitions == {0}
    assert names(take(consumer, 3)) == ["oslo", "bergen", "tromso"]


def test_given_a_closed_consumer_when_used_then_it_refuses(log: LogUnderTest) -> None:
    consumer = log.consumer("alerts")
    consumer.close()
    consumer.close()

    assert consumer.assignment() == frozenset()
    with pytest.raises(StreamError):
        consumer.poll(1, timeout_s=0)
