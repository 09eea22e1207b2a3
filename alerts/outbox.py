"""The outbox: deliveries stored but not settled, lent out under a lease.

A delivery is claimed, sent, then settled. A crash in between leaves a lease to run out; the delivery is
then sent again under the same key. So it reaches the sink at least once, and a sink that knows the key
can drop the repeat. A claim's epoch fences the slow: who was overtaken cannot settle any more.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from alerts.alert import Alert
from alerts.metrics import SinkBacklog
from alerts.schedule import Settlement
from alerts.store.database import Database
from alerts.store.instants import instant, maybe_instant, micros
from alerts.store.rows import ALERT_COLUMNS, alert_of
from stream.errors import BadEventError

LEASE = timedelta(seconds=60)
"""Longer than any send may take, so that only a crash or a frozen process lets one run out."""

_ALL = 2**62

# MATERIALIZED: picked once, whatever the planner makes of it, so that no more rows are locked than lent.
_CLAIM = """
    WITH due AS MATERIALIZED (
        SELECT delivery_key FROM deliveries
        WHERE sink = :sink AND state = 'pending' AND settled_at IS NULL AND next_attempt_at <= :now
        ORDER BY next_attempt_at LIMIT :limit{skip_locked})
    UPDATE deliveries
    SET state = 'sending', attempt = attempt + 1, lease_epoch = lease_epoch + 1, lease_until = :until
    WHERE delivery_key IN (SELECT delivery_key FROM due)
    RETURNING delivery_key, alert_id, attempt, lease_epoch, next_attempt_at, queued_at"""
_ALERTS = sa.text(
    f"SELECT {', '.join('a.' + name.strip() for name in ALERT_COLUMNS.split(','))}, e.encoded "  # noqa: S608 # constant
    "FROM alerts a JOIN alert_events e ON e.event_id = a.event_id AND e.revision = a.revision "
    "WHERE a.alert_id IN :ids"
).bindparams(sa.bindparam("ids", expanding=True))
_SETTLE = sa.text("""
    UPDATE deliveries
    SET state = :state, outcome = :reason, detail = :detail, lease_until = NULL,
        next_attempt_at = COALESCE(:next_attempt_at, next_attempt_at), settled_at = :settled_at
    WHERE delivery_key = :key AND state = 'sending' AND lease_epoch = :epoch""")
_RELEASE = sa.text("""
    UPDATE deliveries
    SET state = 'pending', attempt = attempt - 1, lease_until = NULL, next_attempt_at = :now
    WHERE delivery_key = :key AND state = 'sending' AND lease_epoch = :epoch""")
_EXPIRE = """
    WITH ended AS MATERIALIZED (
        SELECT delivery_key FROM deliveries
        WHERE sink = :sink AND state = 'sending' AND settled_at IS NULL AND lease_until <= :before
        {skip_locked})
    UPDATE deliveries
    SET state = 'pending', outcome = 'lease_expired', lease_until = NULL, next_attempt_at = :now
    WHERE delivery_key IN (SELECT delivery_key FROM ended)
    RETURNING delivery_key"""
_GIVE_UP = """
    WITH old AS MATERIALIZED (
        SELECT delivery_key FROM deliveries
        WHERE sink = :sink AND state = 'pending' AND settled_at IS NULL AND queued_at <= :before{skip_locked})
    UPDATE deliveries SET state = 'dead', settled_at = :now
    WHERE delivery_key IN (SELECT delivery_key FROM old)
    RETURNING delivery_key, outcome, detail"""
_REQUEUE = sa.text("""
    UPDATE deliveries
    SET state = 'pending', attempt = 0, queued_at = :now, next_attempt_at = :now, settled_at = NULL
    WHERE delivery_key = :key AND state IN ('pending', 'dead')""")
_BURY = sa.text("""
    INSERT INTO dead_letters (kind, reason, detail, delivery_key, at)
    VALUES ('delivery', :reason, :detail, :key, :now)""")
_FUTURE = sa.text("""
    SELECT DISTINCT attempt FROM deliveries
    WHERE sink = :sink AND state = 'pending' AND settled_at IS NULL AND next_attempt_at > :now""")
_SOONER = sa.text("""
    UPDATE deliveries SET next_attempt_at = :latest
    WHERE sink = :sink AND state = 'pending' AND settled_at IS NULL AND next_attempt_at > :latest
    AND attempt = :attempt""")
_NOT_LATER = sa.text("""
    UPDATE deliveries SET queued_at = :now
    WHERE sink = :sink AND state IN ('pending', 'sending') AND settled_at IS NULL AND queued_at > :now""")
_RELEND = sa.text("""
    UPDATE deliveries SET lease_until = :until
    WHERE sink = :sink AND state = 'sending' AND settled_at IS NULL
    AND (lease_until > :until OR :is_stepped)""")
_NEXT = sa.text("""
    SELECT MIN(CASE state WHEN 'pending' THEN next_attempt_at ELSE lease_until END) FROM deliveries
    WHERE sink = :sink AND state IN ('pending', 'sending') AND settled_at IS NULL""")
_BACKLOG = sa.text("""
    SELECT sink, COUNT(*) AS pending, MIN(queued_at) AS oldest FROM deliveries
    WHERE settled_at IS NULL GROUP BY sink""")


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery lent to us until its lease ends; `attempt` counts from 1 and includes this one.

    `queued_at`: when it was stored, or queued again by an operator.
    """

    key: str
    sink: str
    alert: Alert
    attempt: int
    epoch: int
    queued_at: datetime


class Outbox:
    """The deliveries of all sinks. Safe to call from several threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._claim, self._expire, self._give_up = (
            sa.text(statement.format(skip_locked=database.skip_locked))
            for statement in (_CLAIM, _EXPIRE, _GIVE_UP)
        )

    def claim(self, sink: str, limit: int, now: datetime) -> list[Claim]:
        """Lend up to `limit` due deliveries, the longest due first, until `now` + LEASE.

        One whose stored alert cannot be read any more becomes a dead letter here.
        """
        values = {"sink": sink, "limit": limit, "now": micros(now), "until": micros(now + LEASE)}
        with self._database.write() as connection:
            rows = connection.execute(self._claim, values).mappings().all()
            alerts = _alerts(connection, [row["alert_id"] for row in rows])
            for row in rows:
                if alerts[row["alert_id"]] is None:
                    unreadable = Settlement("dead", "unreadable", "the stored alert cannot be read")
                    _settle(connection, row["delivery_key"], row["lease_epoch"], unreadable, now)
        return [
            Claim(
                row["delivery_key"],
                sink,
                alert,
                row["attempt"],
                row["lease_epoch"],
                instant(row["queued_at"]),
            )
            for row in sorted(rows, key=lambda row: (row["next_attempt_at"], row["delivery_key"]))
            if (alert := alerts[row["alert_id"]]) is not None
        ]

    def settle(self, settled: Sequence[tuple[Claim, Settlement]], now: datetime) -> int:
        """Mark what became of claims, in one transaction; a dead one becomes a dead letter in it.

        Returns how many counted: a claim whose lease somebody else has taken since is left to them. Safe
        to repeat after an error that leaves open whether it was stored: what was, counts no second time.
        """
        # By key, so that two who settle never wait for each other in a circle.
        in_order = sorted(settled, key=lambda pair: pair[0].key)
        with self._database.write() as connection:
            return sum(_settle(connection, claim.key, claim.epoch, how, now) for claim, how in in_order)

    def release(self, claims: Sequence[Claim], now: datetime) -> None:
        """Give back claims unsent: due again at once, the attempt not counted."""
        with self._database.write() as connection:
            for claim in sorted(claims, key=lambda claim: claim.key):
                connection.execute(_RELEASE, {"key": claim.key, "epoch": claim.epoch, "now": micros(now)})

    def expire(self, sink: str, now: datetime, *, all_leases: bool = False) -> int:
        """Make deliveries whose lease ran out due again; returns how many, each perhaps sent before.

        `all_leases` ends those still running too: right at the start of the only deliverer, whose
        predecessor can only have died.
        """
        before = _ALL if all_leases else micros(now)  # all: even those a clock set back has put far away
        with self._database.write() as connection:
            values = {"sink": sink, "now": micros(now), "before": before}
            return len(connection.execute(self._expire, values).all())

    def rejudge(
        self, sink: str, now: datetime, longest_s: Callable[[int], float], *, is_stepped: bool
    ) -> None:
        """Make true what a clock that was ahead has stored: due times, leases, and when it was queued.

        `longest_s` says how long may be waited after so many attempts. After a step (`is_stepped`) leases
        under way begin anew, so that none runs out by it. Safe to repeat; a sink that asked for a longer
        pause has it in its state.
        """
        values = {"sink": sink, "now": micros(now)}
        with self._database.write() as connection:
            for attempt in connection.execute(_FUTURE, values).scalars().all():
                latest = micros(now + timedelta(seconds=longest_s(attempt)))
                connection.execute(_SOONER, {"sink": sink, "attempt": attempt, "latest": latest})
            connection.execute(_NOT_LATER, values)
            lent = {"sink": sink, "until": micros(now + LEASE), "is_stepped": is_stepped}
            connection.execute(_RELEND, lent)

    def give_up(self, sink: str, queued_by: datetime, now: datetime) -> list[str]:
        """Bury what was queued no later than an instant for a sink that is dead; returns the reasons.

        Without it the outbox of a sink that is dead for good would grow for ever, since a paused sink
        is probed with one delivery at a time.
        """
        values = {"sink": sink, "before": micros(queued_by), "now": micros(now)}
        with self._database.write() as connection:
            rows = connection.execute(self._give_up, values).all()
            for row in rows:
                _bury(connection, row.delivery_key, row.outcome or "expired", row.detail, now)
        return [row.outcome or "expired" for row in rows]

    def retry(self, key: str, now: datetime) -> bool:
        """Start a pending or dead delivery from the top of its schedule; False when there is none such."""
        with self._database.write() as connection:
            return connection.execute(_REQUEUE, {"key": key, "now": micros(now)}).rowcount == 1

    def next_due(self, sink: str) -> datetime | None:
        """When the next delivery is due or the next lease ends; None when nothing waits."""
        with self._database.read() as connection:
            return maybe_instant(connection.execute(_NEXT, {"sink": sink}).scalar_one())

    def backlog(self) -> list[SinkBacklog]:
        """What waits, by sink; a sink for which nothing waits is not listed."""
        with self._database.read() as connection:
            rows = connection.execute(_BACKLOG).all()
        return [SinkBacklog(row.sink, row.pending, maybe_instant(row.oldest)) for row in rows]


def _alerts(connection: sa.Connection, ids: Sequence[str]) -> dict[str, Alert | None]:
    if not ids:
        return {}
    found: dict[str, Alert | None] = dict.fromkeys(ids)
    for row in connection.execute(_ALERTS, {"ids": list(set(ids))}).mappings():
        found[row["alert_id"]] = _readable(row)
    return found


def _readable(row: Mapping[Any, Any]) -> Alert | None:
    try:
        return alert_of(row)
    except (BadEventError, msgspec.MsgspecError):
        return None


def _settle(connection: sa.Connection, key: str, epoch: int, how: Settlement, now: datetime) -> int:
    values = {
        "key": key,
        "epoch": epoch,
        "state": how.state,
        "reason": how.reason,
        "detail": how.detail,
        "next_attempt_at": micros(how.next_attempt_at) if how.next_attempt_at else None,
        "settled_at": None if how.state == "pending" else micros(now),
    }
    counted = connection.execute(_SETTLE, values).rowcount
    if counted and how.state == "dead":
        _bury(connection, key, how.reason, how.detail, now)
    return counted


def _bury(connection: sa.Connection, key: str, reason: str, detail: str, now: datetime) -> None:
    connection.execute(_BURY, {"key": key, "reason": reason, "detail": detail, "now": micros(now)})
