"""Consumer groups: how far each has read, and which consumer reads which partition."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from stream.db import Connection, Database
from stream.embedded.process import is_gone
from stream.embedded.records import end_offset
from stream.errors import CommitRefusedError, StreamError


@dataclass(frozen=True, slots=True)
class Member:
    """A consumer as the others see it; `owner` is unique, `process` tells whether it can still be alive."""

    owner: str
    group: str
    process: str
    lease_s: float


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to read a partition: `epoch` grows each time it changes hands."""

    epoch: int
    position: int


def share(members: Sequence[str], holders: Mapping[int, str | None], me: str) -> frozenset[int]:
    """Decide which partitions `me` should hold now.

    Members in the order they joined share evenly, the first ones take what is left over. Nobody takes what
    a living member holds: that one gives up its surplus when its own turn comes.
    """
    rank = members.index(me)
    quota = len(holders) // len(members) + (rank < len(holders) % len(members))
    held = sorted(partition for partition, owner in holders.items() if owner == me)
    free = sorted(partition for partition, owner in holders.items() if owner not in members)
    return frozenset((held + free)[:quota])


def is_live(heartbeat_at: float, lease_s: float, now: float) -> bool:
    """Whether a heartbeat still counts; one from the future is from before a restart of the machine."""
    return 0 <= now - heartbeat_at <= lease_s


class Groups:
    """The tables of groups and their members. `monotonic` is the machine's: all its processes share it."""

    def __init__(self, database: Database, partitions: int, monotonic: Callable[[], float]) -> None:
        self._database = database
        self._partitions = partitions
        self._monotonic = monotonic

    def renew(self, member: Member) -> dict[int, Lease]:
        """Join or stay in the group, and take the share of partitions that is due; return what is held.

        A new group starts at the oldest record, and holds it from now on.
        """
        return self._database.write(lambda connection: self._renew(connection, member))

    def commit(self, member: Member, leases: Mapping[int, Lease], positions: Mapping[int, int]) -> None:
        """Store positions, never backwards; all or none.

        Raises CommitRefusedError for a partition that is no longer held, StreamError past the log's end.
        """
        self._database.write(lambda connection: self._commit(connection, member, leases, positions))

    def leave(self, member: Member) -> None:
        """Give up all partitions; positions stay."""

        def job(connection: Connection) -> None:
            connection.execute("UPDATE log_groups SET owner = NULL WHERE owner = ?", (member.owner,))
            connection.execute("DELETE FROM log_members WHERE owner = ?", (member.owner,))

        self._database.write(job)

    def forget(self, group: str) -> None:
        """Remove a group that nobody needs any more, so that it no longer keeps records from retention."""

        def job(connection: Connection) -> None:
            connection.execute("DELETE FROM log_groups WHERE name = ?", (group,))
            connection.execute("DELETE FROM log_members WHERE group_name = ?", (group,))

        self._database.write(job)

    def positions(self) -> dict[str, dict[int, int]]:
        """The committed positions, by group and partition."""
        found: dict[str, dict[int, int]] = {}
        with self._database.read() as connection:
            for group, partition, position in connection.execute(
                "SELECT name, partition, position FROM log_groups ORDER BY name, partition",
            ):
                found.setdefault(group, {})[partition] = position
        return found

    def read_below(self, group: str) -> int:
        """The offset below which the group has committed every record; 0 for one that never joined."""
        with self._database.read() as connection:
            partitions, first = connection.execute(
                "SELECT COUNT(DISTINCT g.partition), MIN(r.offset) FROM log_groups g"
                " LEFT JOIN log_records r ON r.partition = g.partition AND r.offset >= g.position"
                " WHERE g.name = ?",
                (group,),
            ).fetchone() or (0, None)
            if partitions < self._partitions:
                return 0
            return end_offset(connection) if first is None else int(first)

    def _renew(self, connection: Connection, me: Member) -> dict[int, Lease]:
        connection.executemany(
            "INSERT INTO log_groups (name, partition) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [(me.group, partition) for partition in range(self._partitions)],
        )
        connection.execute(
            "INSERT INTO log_members (owner, group_name, process, lease_s, heartbeat_at) "
            "VALUES (?, ?, ?, ?, ?) ON CONFLICT (owner) DO UPDATE SET heartbeat_at = excluded.heartbeat_at",
            (me.owner, me.group, me.process, me.lease_s, self._monotonic()),
        )
        members = self._remove_dead(connection, me)
        holders: dict[int, str | None] = dict(
            connection.execute(
                "SELECT partition, owner FROM log_groups WHERE name = ?", (me.group,)
            ).fetchall(),
        )
        self._hold(connection, me, holders, share(members, holders, me.owner))
        return _leases(connection, me)

    def _remove_dead(self, connection: Connection, me: Member) -> list[str]:
        now = self._monotonic()
        alive: list[str] = []
        for owner, process, lease_s, heartbeat_at in connection.execute(
            "SELECT owner, process, lease_s, heartbeat_at FROM log_members "
            "WHERE group_name = ? ORDER BY joined",
            (me.group,),
        ).fetchall():
            if owner == me.owner or (is_live(heartbeat_at, lease_s, now) and not is_gone(process)):
                alive.append(owner)
            else:
                connection.execute("DELETE FROM log_members WHERE owner = ?", (owner,))
                connection.execute("UPDATE log_groups SET owner = NULL WHERE owner = ?", (owner,))
        return alive

    def _hold(
        self,
        connection: Connection,
        me: Member,
        holders: Mapping[int, str | None],
        due: frozenset[int],
    ) -> None:
        for partition, owner in holders.items():
            if owner == me.owner and partition not in due:
                connection.execute(
                    "UPDATE log_groups SET owner = NULL WHERE name = ? AND partition = ?",
                    (me.group, partition),
                )
            elif owner != me.owner and partition in due:
                connection.execute(
                    "UPDATE log_groups SET owner = ?, epoch = epoch + 1 WHERE name = ? AND partition = ?",
                    (me.owner, me.group, partition),
                )

    def _commit(
        self,
        connection: Connection,
        me: Member,
        leases: Mapping[int, Lease],
        positions: Mapping[int, int],
    ) -> None:
        end = end_offset(connection)
        for partition, position in positions.items():
            if position > end:
                raise StreamError(f"partition {partition}: position {position} is past the end, {end}")
            epoch = leases[partition].epoch if partition in leases else -1
            stored = connection.execute(
                "UPDATE log_groups SET position = max(position, ?) "
                "WHERE name = ? AND partition = ? AND owner = ? AND epoch = ?",
                (position, me.group, partition, me.owner, epoch),
            )
            if stored.rowcount != 1:
                raise CommitRefusedError(f"group {me.group}: another consumer reads partition {partition}")
        connection.execute(
            "UPDATE log_members SET heartbeat_at = ? WHERE owner = ?",
            (self._monotonic(), me.owner),
        )


def _leases(connection: Connection, me: Member) -> dict[int, Lease]:
    held = connection.execute(
        "SELECT partition, epoch, position FROM log_groups WHERE name = ? AND owner = ?",
        (me.group, me.owner),
    )
    return {partition: Lease(epoch, position) for partition, epoch, position in held}
