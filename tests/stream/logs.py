"""Logs to test, and how to read from one."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from kafka.admin import MemberToRemove
from kafka.errors import CoordinatorNotAvailableError

from stream.db import Database
from stream.event import decode
from stream.kafka.consumer import TopicConsumer
from stream.kafka.producer import TopicProducer
from stream.kafka_log import KafkaLog
from stream.log import Consumer, Producer, Record
from stream.sqlite_log import SqliteLog
from tests.support.kafka import Broker, admin_of, new_topic, options_of

DEADLINE_S = 10.0


class LogUnderTest(Protocol):
    """What the contract tests need of a backend, beside the contract itself."""

    topic: str

    @property
    def patience_s(self) -> float:
        """How long a poll may need that returns at once on an embedded log."""
        ...

    def producer(self) -> Producer: ...

    def consumer(self, group: str) -> Consumer:
        """A consumer that has joined, unless others of its group must be polled for that."""
        ...

    def let_consumers_be_given_up(self) -> None:
        """Let so much time pass without a sign of life that the group gives up on its consumers."""
        ...


@dataclass
class EmbeddedLog:
    patience_s = 0.0
    topic = "articles"
    path: Path

    def __post_init__(self) -> None:
        self.database = Database(self.path, SqliteLog.MIGRATIONS)
        self.log = SqliteLog(self.database)

    def producer(self) -> Producer:
        return self.log.producer()

    def consumer(self, group: str) -> Consumer:
        return self.log.consumer(group)

    def let_consumers_be_given_up(self) -> None:
        """There is nothing to give up: whoever comes reads."""

    def retain_nothing_that_was_read(self) -> int:
        return self.log.retain(datetime(9000, 1, 1, tzinfo=UTC), None)

    def close(self) -> None:
        self.database.close()


@dataclass
class KafkaUnderTest:
    """A topic and groups of its own on the shared broker; a group is named after the topic."""

    patience_s = 5.0
    broker: Broker
    partitions: int
    opened: list[TopicConsumer | TopicProducer] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.topic = new_topic(self.broker, self.partitions)
        self.log = KafkaLog(options_of(self.broker, self.topic))
        self.admin = admin_of(self.broker)

    def producer(self) -> Producer:
        self.opened.append(self.log.producer())
        return self.opened[-1]  # type: ignore[return-value]  # just put there

    def consumer(self, group: str) -> Consumer:
        consumer = self.log.consumer(f"{self.topic}.{group}")
        self.opened.append(consumer)
        if not self._members(f"{self.topic}.{group}"):
            until = time.monotonic() + DEADLINE_S
            while not consumer.assignment() and time.monotonic() < until:
                assert consumer.poll(1, timeout_s=0.2) == []
        return consumer

    def let_consumers_be_given_up(self) -> None:
        group = f"{self.topic}.alerts"
        if members := self._members(group):
            self.admin.remove_group_members(group, [MemberToRemove(member_id=member) for member in members])

    def _members(self, group: str) -> list[str]:
        try:
            (found,) = self.admin.describe_groups([group]).values()
        except CoordinatorNotAvailableError:  # the cluster has had no group yet
            return []
        return [member["member_id"] for member in found["members"]]

    def close(self) -> None:
        for one in self.opened:
            one.close()
        self.admin.close()


OpenLog = Callable[[int], LogUnderTest]


def take(consumer: Consumer, count: int) -> list[Record]:
    """Poll until `count` records have come, and no longer than the deadline."""
    records: list[Record] = []
    until = time.monotonic() + DEADLINE_S
    while len(records) < count and time.monotonic() < until:
        records += consumer.poll(count - len(records), timeout_s=0.2)
    return records


def names(records: list[Record]) -> list[str]:
    """The names of the articles in these records."""
    return [decode(record.value).title.split()[2] for record in records]
