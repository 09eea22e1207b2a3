"""Topics as planned, as they are, and what is said of the difference."""

import uuid

import pytest

from stream.errors import LogUnavailableError, StreamError
from stream.kafka.options import TopicOptions
from stream.kafka.topics import TopicState, misfits, open_topics, plan
from tests.stream.kafka.topics import Topic
from tests.support.kafka import Broker, options_of


@pytest.mark.parametrize(
    ("brokers", "copies", "insync"),
    [(1, 1, "1"), (2, 2, "1"), (3, 3, "2"), (9, 3, "2")],
)
def test_given_brokers_when_a_topic_is_planned_then_one_of_them_may_be_down(
    brokers: int, copies: int, insync: str
) -> None:
    planned = plan("articles", TopicOptions(), brokers)

    assert (planned.replication, planned.config["min.insync.replicas"]) == (copies, insync)


def test_given_a_topic_when_made_then_it_is_as_planned(broker: Broker) -> None:
    name = f"test-{uuid.uuid4().hex}"
    wanted = plan(name, TopicOptions(partitions=3, retention_days=2.5), 1)

    with open_topics(options_of(broker, name)) as topics:
        before = topics.state(name)
        topics.create(wanted)
        after = topics.state(name)

    assert before is None
    assert after is not None
    assert (after.partitions, after.replication) == (3, 1)
    assert after.config["retention.ms"] == "216000000"
    assert misfits(wanted, after) == []


def test_given_a_topic_that_is_there_when_made_again_then_it_is_refused(topic: Topic) -> None:
    with open_topics(topic.options()) as topics, pytest.raises(StreamError, match="TopicAlreadyExists"):
        topics.create(plan(topic.name, TopicOptions(), 1))


def test_given_more_copies_than_brokers_when_made_then_it_is_refused(broker: Broker) -> None:
    name = f"test-{uuid.uuid4().hex}"
    with open_topics(options_of(broker, name)) as topics, pytest.raises(StreamError, match="eplication"):
        topics.create(plan(name, TopicOptions(replication=3), 1))


def test_given_a_topic_that_does_not_fit_when_compared_then_each_difference_is_named() -> None:
    wanted = plan("articles", TopicOptions(partitions=8, retention_days=30), 3)
    found = TopicState(
        4,
        1,
        {
            **wanted.config,
            "min.insync.replicas": "1",
            "retention.ms": "3600000",
            "cleanup.policy": "compact",
            "max.message.bytes": "1048588",
        },
    )

    said = " / ".join(misfits(wanted, found))

    for word in ("4 partitions", "1 copies", "min.insync", "retention.ms=3600000", "compact", "max.message"):
        assert word in said


def test_given_a_topic_that_gives_more_when_compared_then_it_fits() -> None:
    wanted = plan("articles", TopicOptions(partitions=2), 1)
    more = {"retention.ms": "-1", "max.message.bytes": "9000000", "compression.type": "zstd"}

    assert misfits(wanted, TopicState(64, 5, {**wanted.config, **more})) == []


def test_given_no_broker_when_asked_then_it_says_so(broker: Broker) -> None:
    options = options_of(broker, "articles", bootstrap_servers="127.0.0.1:1", connect_timeout_s=0.5)

    with pytest.raises(LogUnavailableError, match=r"127\.0\.0\.1:1"), open_topics(options):
        pass
