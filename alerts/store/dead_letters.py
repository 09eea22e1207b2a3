"""Dead letters as operators see them: listed, shown, and given another try."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

import sqlalchemy as sa

from alerts.store.database import Database
from alerts.store.instants import instant, maybe_instant, micros

_LIST = """
    SELECT l.*, d.sink, d.alert_id, a.rule FROM (
    SELECT id, kind, reason, detail, topic, partition, record_offset, delivery_key, at, retry_at, retried_at,
           LENGTH(raw) AS raw_bytes
    FROM dead_letters WHERE {filters}id < :before ORDER BY id DESC LIMIT :limit) l
    LEFT JOIN deliveries d ON d.delivery_key = l.delivery_key
    LEFT JOIN alerts a ON a.alert_id = d.alert_id ORDER BY l.id DESC"""
_SHOW = sa.text("""
    SELECT l.*, LENGTH(l.raw) AS raw_bytes, d.sink, d.alert_id, a.rule FROM dead_letters l
    LEFT JOIN deliveries d ON d.delivery_key = l.delivery_key
    LEFT JOIN alerts a ON a.alert_id = d.alert_id WHERE l.id = :id""")
_ASK = sa.text(
    "UPDATE dead_letters SET retry_at = :now, retried_at = NULL WHERE id = :id AND kind = 'record'"
)
_REQUEUE = sa.text("""
    UPDATE deliveries
    SET state = 'pending', attempt = 0, queued_at = :now, next_attempt_at = :now, settled_at = NULL
    WHERE state = 'dead' AND delivery_key =
        (SELECT delivery_key FROM dead_letters WHERE id = :id AND kind = 'delivery')""")
_MARK = sa.text("UPDATE dead_letters SET retry_at = :now, retried_at = :now WHERE id = :id")
_COUNT = sa.text("""
    SELECT kind, reason, COUNT(*) AS letters FROM dead_letters GROUP BY kind, reason ORDER BY kind, reason""")


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One thing we gave up on. Records have a place on the log; deliveries key, sink, rule and alert."""

    id: int
    kind: Literal["record", "delivery"]
    reason: str
    detail: str
    at: datetime
    raw_bytes: int
    topic: str | None
    partition: int | None
    offset: int | None
    delivery_key: str | None
    retry_at: datetime | None
    retried_at: datetime | None
    sink: str | None = None
    rule: str | None = None
    alert_id: str | None = None

    @property
    def about(self) -> str:
        """What it was, for people: sink, rule and alert of a delivery, the place of a record."""
        if self.kind == "record":
            return f"{self.topic}/{self.partition}@{self.offset}"
        if self.alert_id is None:
            return f"delivery {self.delivery_key}, of an alert that is removed"
        return f"{self.sink}: {self.rule}, alert {self.alert_id}"


class DeadLetters:
    """The dead letters of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(
        self, *, kind: str = "", reason: str = "", before: int = 2**62, limit: int = 50
    ) -> list[DeadLetter]:
        """The newest first, those with an id under `before`; empty filters take all."""
        filters = {name: value for name, value in {"kind": kind, "reason": reason}.items() if value}
        # Only what is asked for stands in the statement, so that each filter finds its index.
        statement = sa.text(_LIST.format(filters="".join(f"{name} = :{name} AND " for name in filters)))
        with self._database.read() as connection:
            rows = connection.execute(statement, {**filters, "before": before, "limit": limit})
            return [_letter(row) for row in rows]

    def show(self, id_: int) -> tuple[DeadLetter, bytes] | None:
        """One of them with its raw bytes (empty for a delivery); None when there is none such."""
        with self._database.read() as connection:
            row = connection.execute(_SHOW, {"id": id_}).one_or_none()
        return None if row is None else (_letter(row), row.raw or b"")

    def counts(self) -> dict[tuple[str, str], int]:
        """How many there are, by kind and reason."""
        with self._database.read() as connection:
            return {(row.kind, row.reason): row.letters for row in connection.execute(_COUNT)}

    def retry(self, id_: int, now: datetime) -> bool:
        """Ask for another try; False when there is nothing to try.

        A delivery starts anew at the top of its schedule. A record is matched again by the running
        matcher, when it next has nothing to read; what fails again is a new dead letter.
        """
        with self._database.write() as connection:
            values = {"id": id_, "now": micros(now)}
            if connection.execute(_ASK, values).rowcount:
                return True
            if not connection.execute(_REQUEUE, values).rowcount:
                return False
            connection.execute(_MARK, values)
            return True


def _letter(row: Any) -> DeadLetter:
    return DeadLetter(
        id=row.id,
        kind=cast("Literal['record', 'delivery']", row.kind),
        reason=row.reason,
        detail=row.detail,
        at=instant(row.at),
        raw_bytes=row.raw_bytes or 0,
        topic=row.topic,
        partition=row.partition,
        offset=row.record_offset,
        delivery_key=row.delivery_key,
        retry_at=maybe_instant(row.retry_at),
        retried_at=maybe_instant(row.retried_at),
        sink=row.sink,
        rule=row.rule,
        alert_id=row.alert_id,
    )
