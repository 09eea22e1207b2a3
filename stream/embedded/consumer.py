"""A consumer of the embedded log."""

import time
from collections.abc import Mapping
from typing import Protocol

from stream.db import Connection, Database
from stream.embedded.epochs import all_epochs, end_offset, newest_epoch
from stream.embedded.groups import Groups
from stream.embedded.history import FIRST_OFFSET, Chain
from stream.embedded.records import Records
from stream.embedded.row import PARTITION
from stream.errors import PositionLostError, StreamError
from stream.log import Record

# Another process appends without our noticing; asking costs 0.1 ms.
_LOOK_EVERY_S = 0.25
_MAX_BYTES = 16 * 1024 * 1024


class DamageCounter(Protocol):
    """Who counts records that can't be used."""

    def count_unusable(self, reason: str) -> None:
        """Count one record; `reason` is bounded."""
        ...


class SqliteConsumer:
    """Reads the log for one group; for one thread at a time. The only one of its group: nothing is shared.

    It never trusts an offset alone. Whenever the log has another epoch than at the last look, or another file
    stands in its place, it asks where its own history and the log's part (see `history`).
    """

    def __init__(
        self, database: Database, records: Records, groups: Groups, group: str, counter: DamageCounter | None
    ) -> None:
        self._database = database
        self._records = records
        self._groups = groups
        self._group = group
        self._counter = counter
        self._position = groups.join(group)
        self._lineage: str | None = None  # of what was read below our position; None: of the log as it is
        self._chain = Chain(())
        self._joined = database.openings
        self._looked_at: tuple[int, str | None] | None = None
        self._is_closed = False

    def poll(self, max_records: int, timeout_s: float) -> list[Record]:
        """Return the next records, in order; empty on time-out.

        An append of this process wakes it at once, one of another process within 250 ms. Raises StateError
        when the file can't be read, and PositionLostError when the log is not the one that was read up to
        here: it then goes on where both are the same for the last time.
        """
        self._require_open()
        deadline = time.monotonic() + timeout_s
        while True:
            seen = self._database.commits
            if records := self._take(max_records):
                return records
            remaining_s = deadline - time.monotonic()
            if remaining_s <= 0:
                return []
            self._database.wait_for_commit(seen, min(remaining_s, _LOOK_EVERY_S))

    def seek(self, partition: int, offset: int, lineage: str | None = None) -> None:
        """Read from `offset` next. Raises StreamError for a partition that the log does not have."""
        self._require_open()
        _require_ours(partition)
        self._position, self._lineage = offset, lineage
        self._looked_at = None

    def commit(self, positions: Mapping[int, int]) -> None:
        """Note the next offset to read, never backwards."""
        self._require_open()
        for partition, position in positions.items():
            _require_ours(partition)
            self._groups.commit(self._group, position)

    def assignment(self) -> frozenset[int]:
        """The one partition."""
        return frozenset() if self._is_closed else frozenset({PARTITION})

    def lag_records(self) -> dict[int, int]:
        """Records not yet polled."""
        return {PARTITION: self._records.count_from(self._position)}

    def close(self) -> None:
        """Read no more; nothing is committed by it."""
        self._is_closed = True

    def _take(self, max_records: int) -> list[Record]:
        self._join()
        with self._database.read() as connection:
            at = self._place(connection)
            found = self._records.read_in(connection, at, max_records, _MAX_BYTES, self._chain)
        if at != self._position:
            self._lose(at)
        if found:
            self._position, self._lineage = found[-1].offset + 1, found[-1].lineage
        self._count_damage(found)
        return found

    def _join(self) -> None:
        """Be known to the file that took the place of the one we joined: it keeps what is unread."""
        openings = self._database.openings
        if openings != self._joined:
            self._groups.join(self._group)
            self._joined = openings

    def _place(self, connection: Connection) -> int:
        """Where reading goes on, in the log as this connection sees it."""
        looked_at = self._database.openings, newest_epoch(connection)
        if looked_at == self._looked_at:
            return self._position
        self._chain = Chain(all_epochs(connection))
        if self._lineage is None:
            self._lineage = self._chain.lineage(self._position)
        at = self._chain.shared(self._position, self._lineage, end_offset(connection))
        if at == self._position:
            self._looked_at = looked_at
        return at

    def _lose(self, at: int) -> None:
        """Go on at `at`, and let the log's own note say so too: a crash now begins no further than there."""
        self._groups.rewind(self._group, at)
        before, self._position, self._lineage = self._position, at, None
        raise PositionLostError(
            "replaced" if at <= FIRST_OFFSET else "truncated",
            frozenset({PARTITION}),
            f"{self._database.path} is not the log that {self._group} has read up to offset {before}: it was "
            f"lost, or restored from an older copy; reading on at offset {at}",
        )

    def _count_damage(self, records: list[Record]) -> None:
        if self._counter is not None:
            for record in records:
                if record.damage is not None:
                    self._counter.count_unusable(record.damage)

    def _require_open(self) -> None:
        if self._is_closed:
            raise StreamError("this consumer is closed")


def _require_ours(partition: int) -> None:
    if partition != PARTITION:
        raise StreamError(f"partition {partition} is not assigned to this consumer")
