"""The log as two small protocols, so that ingest cannot commit and alerts cannot append.

Delivery is at least once; order holds per key; a position belongs to a consumer group. Every backend
passes the same contract tests (`tests/stream/test_log_contract*.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from stream.event import ArticleEvent


@dataclass(frozen=True, slots=True)
class Record:
    """An event as the log holds it, still encoded: a poison record must be able to reach a dead letter.

    `damage` is None for a sound record. Else it is the bounded reason (`checksum`, `too_large`) why `value`
    is not what was appended: don't decode it, keep it as a dead letter with that reason, and go on.

    `lineage` says which log this is the record of: who stores a position keeps it beside the offset, and
    hands both to `Consumer.seek`. Only the log can read it; at most 600 characters.
    """

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes
    appended_at: datetime
    damage: str | None = None
    lineage: str = ""


@dataclass(frozen=True, slots=True)
class Appended:
    """Where an event stands; `is_new` is False when the log is known to hold that id and revision already.

    Kafka's log never knows, and gives -1 for the offset of what it took at a try before.
    """

    partition: int
    offset: int
    is_new: bool


class Producer(Protocol):
    """Appends events."""

    def append(self, events: Sequence[ArticleEvent]) -> list[Appended]:
        """Store the events durably and return their places in order.

        Returns only when they would survive a power loss (on Kafka: that of a broker). Raises BadEventError
        for an event that is larger than 1 MiB or can't be encoded, LogFullError when there is no room;
        nothing was stored then. Raises LogUnavailableError when the log can't be reached; some may be stored
        then. The embedded log stores all or none, idempotent by event id and revision; on Kafka an event
        that is appended again stands there twice, and readers know it by that key.
        """
        ...

    def close(self) -> None:
        """Flush and release; afterwards `append` raises StreamError."""
        ...


class Consumer(Protocol):
    """Reads records for one consumer group."""

    def poll(self, max_records: int, timeout_s: float) -> list[Record]:
        """Return the next records of the assigned partitions, in order within each; empty on time-out.

        Only here does the assignment change. When it did, no record of a new partition comes before the
        caller could `seek` where a database of its own says that it stands. Raises
        PositionLostError when the log no longer has our position: what the caller has stored is then void,
        and reading goes on where the log is sure to be the one that was read, at worst at the oldest record.
        On Kafka it raises LogUnavailableError when no broker answers.
        """
        ...

    def seek(self, partition: int, offset: int, lineage: str | None = None) -> None:
        """Read `partition` from `offset` next; used when a database of our own knows better than the log.

        `lineage` is that of the record before, as it was stored; if it is of another log, the next `poll`
        raises PositionLostError. Empty: stored when records had none. None: an offset that this consumer has
        polled. An offset that retention has removed means the oldest record left. Raises StreamError for a
        partition that is not assigned.
        """
        ...

    def commit(self, positions: Mapping[int, int]) -> None:
        """Tell the log the next offset to read, by partition.

        Advisory: retention and lag use it, correctness does not. Never moves a position back; all or none.
        Raises CommitRefusedError if another consumer of the group reads one of the partitions by now, and
        StreamError for a position past the end of the log.
        """
        ...

    def assignment(self) -> frozenset[int]:
        """The partitions this consumer reads now."""
        ...

    def lag_records(self) -> dict[int, int]:
        """Records not yet polled, by partition."""
        ...

    def close(self) -> None:
        """Leave the group; nothing is committed by it."""
        ...
