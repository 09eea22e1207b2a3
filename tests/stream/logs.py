"""Logs to test, and how to read from one."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from stream.db import Database
from stream.event import decode
from stream.log import Consumer, Producer, Record
from stream.sqlite_log import SqliteLog
from tests.stream.articles import SteppedClock

DEADLINE_S = 10.0


class LogUnderTest(Protocol):
    """What the contract tests need of a backend, beside the contract itself."""

    def producer(self) -> Producer: ...

    def consumer(self, group: str) -> Consumer: ...

    def let_consumers_be_given_up(self) -> None:
        """Let so much time pass without a sign of life that the group gives up on its consumers."""
        ...

    def retain_nothing_that_was_read(self) -> int: ...


@dataclass
class EmbeddedLog:
    path: Path
    partitions: int
    clock: SteppedClock = field(default_factory=SteppedClock)

    def __post_init__(self) -> None:
        self.database = Database(self.path, SqliteLog.MIGRATIONS)
        self.log = SqliteLog(self.database, partitions=self.partitions, monotonic=self.clock)

    def producer(self) -> Producer:
        return self.log.producer()

    def consumer(self, group: str) -> Consumer:
        return self.log.consumer(group)

    def let_consumers_be_given_up(self) -> None:
        self.clock.step(11)

    def retain_nothing_that_was_read(self) -> int:
        return self.log.retain(datetime(9000, 1, 1, tzinfo=UTC), None)

    def close(self) -> None:
        self.database.close()


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
