"""A consumer of the embedded log."""

import time
from collections.abc import Callable, Mapping
from typing import Protocol

from stream.db import Database
from stream.embedded.groups import Groups, Lease, Member
from stream.embedded.records import Records
from stream.errors import StreamError
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
    """Reads the partitions it holds a lease for; for one thread at a time.

    The lease is renewed by `poll` and `commit`. Who does neither for the length of it loses the partitions
    to another consumer of the group, and its commit is refused then. Only `poll` changes the assignment; it
    returns at once, without records, when it did, so that the caller can `seek` where it stood.
    """

    def __init__(
        self,
        database: Database,
        records: Records,
        groups: Groups,
        member: Member,
        *,
        monotonic: Callable[[], float],
        counter: DamageCounter | None,
    ) -> None:
        self._database = database
        self._records = records
        self._groups = groups
        self._member = member
        self._monotonic = monotonic
        self._counter = counter
        self._leases: dict[int, Lease] = {}
        self._positions: dict[int, int] = {}
        self._turn = 0
        self._renew_at = 0.0
        self._closed = False
        self._renew()

    def poll(self, max_records: int, timeout_s: float) -> list[Record]:
        """Return the next records, in order within a partition; empty on time-out or new assignment.

        An append of this process wakes it at once, one of another process within 250 ms. Raises StateError
        when the file can't be read.
        """
        self._require_open()
        deadline = time.monotonic() + timeout_s
        while True:
            if self._monotonic() >= self._renew_at and self._renew():
                return []
            seen = self._database.commits
            if records := self._take(max_records):
                return records
            remaining_s = deadline - time.monotonic()
            if remaining_s <= 0:
                return []
            self._database.wait_for_commit(seen, min(remaining_s, _LOOK_EVERY_S))

    def seek(self, partition: int, offset: int) -> None:
        """Read `partition` from `offset` next. Raises StreamError for one that is not assigned."""
        self._require_open()
        if partition not in self._leases:
            raise StreamError(f"partition {partition} is not assigned to this consumer")
        self._positions[partition] = offset

    def commit(self, positions: Mapping[int, int]) -> None:
        """Store the next offsets to read, never backwards, all or none.

        Raises CommitRefusedError if one of the partitions is read by another consumer by now.
        """
        self._require_open()
        self._groups.commit(self._member, self._leases, positions)
        self._postpone()

    def assignment(self) -> frozenset[int]:
        """The partitions this consumer reads now; empty while others of its group read them all."""
        return frozenset(self._leases)

    def lag_records(self) -> dict[int, int]:
        """Records not yet polled, by assigned partition."""
        return self._records.count_from(dict(self._positions))

    def close(self) -> None:
        """Leave the group, so that another consumer can go on at once; nothing is committed by it."""
        if not self._closed:
            self._closed = True
            self._leases = {}
            self._positions = {}
            self._groups.leave(self._member)

    def _renew(self) -> bool:
        leases = self._groups.renew(self._member)
        self._postpone()
        before, self._leases = self._leases, leases
        kept = {partition for partition, lease in leases.items() if _is_same(before.get(partition), lease)}
        self._positions = {
            partition: self._positions[partition] if partition in kept else lease.position
            for partition, lease in leases.items()
        }
        return before.keys() != kept or leases.keys() != kept

    def _postpone(self) -> None:
        self._renew_at = self._monotonic() + self._member.lease_s / 3

    def _take(self, max_records: int) -> list[Record]:
        held = sorted(self._leases)
        if not held:
            return []
        # Begin with another partition each time, so that a long backlog in one does not starve the rest.
        self._turn = (self._turn + 1) % len(held)
        taken: list[Record] = []
        size = 0
        for partition in held[self._turn :] + held[: self._turn]:
            room = max_records - len(taken)
            if room <= 0 or size >= _MAX_BYTES:
                break
            found = self._records.read(partition, self._positions[partition], room, _MAX_BYTES - size)
            if found:
                self._positions[partition] = found[-1].offset + 1
                size += sum(len(record.value) for record in found)
                taken += found
        self._count_damage(taken)
        return taken

    def _count_damage(self, records: list[Record]) -> None:
        if self._counter is not None:
            for record in records:
                if record.damage is not None:
                    self._counter.count_unusable(record.damage)

    def _require_open(self) -> None:
        if self._closed:
            raise StreamError("this consumer is closed")


def _is_same(before: Lease | None, now: Lease) -> bool:
    return before is not None and before.epoch == now.epoch
