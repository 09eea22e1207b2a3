"""The matcher's side of the database: positions, inbox, and the one transaction that stores a batch.

The statements are written by hand because this is the hot path; they are the same in SQLite and
PostgreSQL. Rows of one table go in one call.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from alerts.batch import RAW_LIMIT_BYTES, Batch, DeadRecord, EventKey, NewAlert
from alerts.store.database import Database
from alerts.store.instants import instant, micros
from alerts.store.rows import ALERT_COLUMNS, Row, alert_row, event_row
from stream.errors import CommitRefusedError, CommitUnknownError
from stream.log import Record

UNKNOWN = -1
"""A position nobody has committed yet: the log decides where to begin."""

_ADOPT = sa.text("""
    INSERT INTO positions
        (consumer_group, topic, partition, next_offset, owner_epoch, updated_at, lineage, starts,
         start_offset)
    VALUES (:consumer_group, :topic, :partition, -1, 1, :now, '', :counts, -1)
    ON CONFLICT (consumer_group, topic, partition)
    DO UPDATE SET owner_epoch = positions.owner_epoch + 1, updated_at = excluded.updated_at,
        starts = excluded.starts + CASE
            WHEN positions.starts > 0 AND positions.start_offset <> positions.next_offset THEN 1
            ELSE positions.starts END,
        start_offset = positions.next_offset
    RETURNING next_offset, owner_epoch, lineage, starts""")
_RELEASE = sa.text("""
    UPDATE positions SET starts = 0
    WHERE consumer_group = :consumer_group AND topic = :topic AND partition = :partition
      AND owner_epoch = :owner_epoch""")
_ADVANCE = sa.text("""
    UPDATE positions SET next_offset = :next_offset, lineage = :lineage, updated_at = :now
    WHERE consumer_group = :consumer_group AND topic = :topic AND partition = :partition
      AND next_offset = :old_offset AND owner_epoch = :owner_epoch""")
_STANDS = """
    SELECT next_offset, owner_epoch, lineage FROM positions
    WHERE consumer_group = :consumer_group AND topic = :topic AND partition = :partition{for_update}"""
_FORGET = sa.text("""
    UPDATE positions SET next_offset = -1, lineage = '', owner_epoch = owner_epoch + 1, updated_at = :now
    WHERE consumer_group = :consumer_group AND topic = :topic AND partition IN :partitions""").bindparams(
    sa.bindparam("partitions", expanding=True)
)
_SEEN = sa.text("SELECT event_id, revision FROM inbox WHERE event_id IN :ids").bindparams(
    sa.bindparam("ids", expanding=True)
)
_KNOWN = sa.text("SELECT alert_id FROM alerts WHERE alert_id IN :ids").bindparams(
    sa.bindparam("ids", expanding=True)
)
_INBOX = sa.text("""
    INSERT INTO inbox (event_id, revision, seen_at) VALUES (:event_id, :revision, :seen_at)
    ON CONFLICT DO NOTHING""")
_EVENTS = sa.text("""
    INSERT INTO alert_events (event_id, revision, encoded) VALUES (:event_id, :revision, :encoded)
    ON CONFLICT DO NOTHING""")
_ALERTS = sa.text(
    f"INSERT INTO alerts ({ALERT_COLUMNS}) "  # noqa: S608 # a constant of ours
    f"VALUES ({', '.join(':' + name.strip() for name in ALERT_COLUMNS.split(','))}) ON CONFLICT DO NOTHING"
)
_DELIVERIES = sa.text("""
    INSERT INTO deliveries (delivery_key, alert_id, sink, state, attempt, queued_at, next_attempt_at,
                            lease_epoch, outcome, detail, created_at)
    VALUES (:delivery_key, :alert_id, :sink, 'pending', 0, :now, :due_at, 0, '', '', :now)
    ON CONFLICT DO NOTHING""")
_DEAD = sa.text("""
    INSERT INTO dead_letters (kind, reason, detail, raw, topic, partition, record_offset, at)
    VALUES ('record', :reason, :detail, :raw, :topic, :partition, :record_offset, :now)""")
_STATS = sa.text("""
    INSERT INTO rule_stats (rule, matches, last_match_at) VALUES (:rule, :matches, :now)
    ON CONFLICT (rule) DO UPDATE
    SET matches = rule_stats.matches + excluded.matches, last_match_at = excluded.last_match_at""")
_RETRIES = sa.text("""
    SELECT id, reason, raw, topic, partition, record_offset, at FROM dead_letters
    WHERE retry_at IS NOT NULL AND retried_at IS NULL AND kind = 'record' ORDER BY id LIMIT :limit""")
_RETRIED = sa.text("UPDATE dead_letters SET retried_at = :now WHERE id = :id")
_PRUNE = sa.text("""
    DELETE FROM inbox WHERE (event_id, revision) IN
    (SELECT event_id, revision FROM inbox WHERE seen_at < :before LIMIT :limit)""")


@dataclass(frozen=True, slots=True)
class Position:
    """Where a partition is read next, the epoch under which we own it, and of which log the offset is.

    `lineage` is that of the last record read (see `Record`); empty where records had none. `starts`: how many
    processes began here, ours included, and ended neither in order nor further on.
    """

    next_offset: int
    owner_epoch: int
    lineage: str = ""
    starts: int = field(default=0, compare=False)


class Ledger:
    """Positions and inbox of one consumer group on one topic."""

    def __init__(self, database: Database, group: str, topic: str) -> None:
        self._database = database
        self._place = {"consumer_group": group, "topic": topic}
        self._stands = sa.text(_STANDS.format(for_update=" FOR UPDATE" if database.is_shared else ""))

    def adopt(self, partition: int, now: datetime, *, is_start: bool = True) -> Position:
        """Become the owner of a partition: whoever owned it before can no longer commit.

        `is_start`: this process did not own it before. Then one that did, and never let go of it, has died.
        """
        values = {**self._place, "partition": partition, "now": micros(now), "counts": int(is_start)}
        with self._database.write() as connection:
            row = connection.execute(_ADOPT, values).one()
        return _position(row, row.starts)

    def let_go(self, owned: Mapping[int, Position]) -> None:
        """Note that we end in order, whatever comes after us; nothing for what another has adopted."""
        with self._database.write() as connection:
            for partition, position in sorted(owned.items()):
                values = {**self._place, "partition": partition, "owner_epoch": position.owner_epoch}
                connection.execute(_RELEASE, values)

    def forget(self, partitions: Collection[int], now: datetime) -> None:
        """Let the log decide anew where partitions begin: it no longer has what stood at our positions.

        Whoever owned them can no longer commit. What is read again, the inbox absorbs.
        """
        values = {**self._place, "partitions": list(partitions), "now": micros(now)}
        if partitions:
            with self._database.write() as connection:
                connection.execute(_FORGET, values)

    def seen(self, keys: Collection[EventKey]) -> set[EventKey]:
        """Those of `keys` that were handled before."""
        if not keys:
            return set()
        with self._database.read() as connection:
            rows = connection.execute(_SEEN, {"ids": list({event_id for event_id, _ in keys})})
            return {(row.event_id, row.revision) for row in rows}.intersection(keys)

    def known_alerts(self, ids: Collection[str]) -> set[str]:
        """Those of `ids` that were raised before."""
        if not ids:
            return set()
        with self._database.read() as connection:
            return set(connection.execute(_KNOWN, {"ids": list(ids)}).scalars())

    def commit(
        self,
        batch: Batch,
        owned: Mapping[int, Position],
        next_offsets: Mapping[int, int],
        now: datetime,
        lineages: Mapping[int, str] = MappingProxyType({}),
    ) -> dict[int, Position]:
        """Store a batch and advance the positions, all or nothing, and durably when it returns.

        `lineages` are those of the last records, by partition.

        Returns the advanced positions. Raises CommitRefusedError, with nothing stored, when another
        owner has taken one of the partitions; CommitUnknownError when the connection broke meanwhile and
        nobody can say whether it is stored: adopt the partitions anew and read from where they stand.
        """
        advanced = {
            partition: Position(next_offset, owned[partition].owner_epoch, lineages.get(partition, ""))
            for partition, next_offset in next_offsets.items()
        }
        try:
            self._store(batch, owned, advanced, now)
        except CommitUnknownError:
            if not self._was_stored(advanced):
                raise
        return advanced

    def _store(
        self, batch: Batch, owned: Mapping[int, Position], advanced: Mapping[int, Position], now: datetime
    ) -> None:
        with self._database.write() as connection:
            for partition, position in sorted(advanced.items()):
                self._advance(connection, partition, owned[partition], position, now)
            for statement, rows in _statements(batch, micros(now)):
                if rows:
                    connection.execute(statement, rows)

    def _was_stored(self, advanced: Mapping[int, Position]) -> bool:
        """Whether a commit whose answer was lost took place: then, and only then, the positions moved.

        Waits for a server that is still busy with it, since that holds the rows. False when somebody else
        owns a partition by now, or there are no positions to tell by: all is read again then.
        """
        found = set()
        with self._database.write() as connection:
            for partition in sorted(advanced):
                row = connection.execute(self._stands, {**self._place, "partition": partition}).one()
                found.add((partition, _position(row)))
        return bool(found) and found == set(advanced.items())

    def _advance(
        self, connection: sa.Connection, partition: int, old: Position, new: Position, now: datetime
    ) -> None:
        values = {
            **self._place,
            "partition": partition,
            "old_offset": old.next_offset,
            "next_offset": new.next_offset,
            "lineage": new.lineage,
            "owner_epoch": old.owner_epoch,
            "now": micros(now),
        }
        if connection.execute(_ADVANCE, values).rowcount != 1:
            raise CommitRefusedError(f"partition {partition}: another owner has advanced it")

    def retries(self, limit: int) -> list[tuple[int, Record]]:
        """Dead records somebody wants tried again, oldest first, with their ids."""
        with self._database.read() as connection:
            rows = connection.execute(_RETRIES, {"limit": limit}).all()
        return [(row.id, _record(row)) for row in rows]

    def prune_inbox(self, before: datetime, limit: int) -> int:
        """Forget up to `limit` keys seen before an instant; returns how many went.

        A replay older than that is matched again, and then absorbed by the alert's own key.
        """
        with self._database.write() as connection:
            return connection.execute(_PRUNE, {"before": micros(before), "limit": limit}).rowcount


def _position(row: sa.Row[Any], starts: int = 0) -> Position:
    return Position(row.next_offset, row.owner_epoch, row.lineage, starts)


def _record(row: sa.Row[Any]) -> Record:
    return Record(
        topic=row.topic,
        partition=row.partition,
        offset=row.record_offset,
        key="",
        value=row.raw or b"",
        appended_at=instant(row.at),
        damage="checksum" if row.reason == "checksum" else None,  # damaged for ever, however readable
    )


def _statements(batch: Batch, now: int) -> Iterable[tuple[sa.TextClause, list[Row]]]:
    events = {
        (new.alert.match.event.event_id, new.alert.match.event.revision): new.alert.match.event
        for new in batch.alerts
    }
    yield _INBOX, [{"event_id": key[0], "revision": key[1], "seen_at": now} for key in batch.inbox]
    yield _EVENTS, [event_row(event) for event in events.values()]
    yield _ALERTS, [alert_row(new.alert) for new in batch.alerts]
    yield _DELIVERIES, _delivery_rows(batch.alerts, now)
    yield _DEAD, [_dead_row(dead, now) for dead in batch.dead]
    yield _STATS, [{"rule": rule, "matches": n, "now": now} for rule, n in sorted(batch.matches.items())]
    yield _RETRIED, [{"id": letter, "now": now} for letter in batch.retried]


def _delivery_rows(alerts: Sequence[NewAlert], now: int) -> list[Row]:
    # Due now, and a microsecond apart, so that they leave in the order of the log.
    return [
        {"delivery_key": key, "alert_id": new.alert.alert_id, "sink": sink, "now": now, "due_at": due_at}
        for due_at, new in enumerate(alerts, start=now - len(alerts) + 1)
        for key, sink in new.deliveries
    ]


def _dead_row(dead: DeadRecord, now: int) -> Row:
    return {
        "reason": dead.reason,
        "detail": dead.detail,
        "raw": dead.record.value[:RAW_LIMIT_BYTES],
        "topic": dead.record.topic,
        "partition": dead.record.partition,
        "record_offset": dead.record.offset,
        "now": now,
    }
