"""What was raised and what became of it, for the command line and the pages. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from alerts.alert import Alert, AlertStatus
from alerts.store.database import Database
from alerts.store.instants import instant, maybe_instant, micros
from alerts.store.rows import alert_of
from alerts.store.search import JOINED, ListPlace, find_rows
from alerts.store.wanted import Wanted
from stream.event import ArticleEvent, decode

_EVERYTHING = Wanted()
_SHOW = sa.text(JOINED + "WHERE a.alert_id = :alert_id")
_EVENT = sa.text("SELECT encoded FROM alert_events WHERE event_id = :event_id ORDER BY revision DESC LIMIT 1")
_DELIVERIES = sa.text("SELECT * FROM deliveries WHERE alert_id = :alert_id ORDER BY sink")
_OUTBOX_NEWEST_FIRST = "ORDER BY created_at DESC, delivery_key DESC LIMIT :limit"
# The sign keeps the planner from reading all there ever was in this order: those that wait are few to sort.
_WAITING_NEWEST_FIRST = "ORDER BY +created_at DESC, delivery_key DESC LIMIT :limit"
_STATS = sa.text("SELECT rule, matches, last_match_at FROM rule_stats ORDER BY rule")
_COUNTS = sa.text("SELECT sink, state, COUNT(*) AS deliveries FROM deliveries GROUP BY sink, state")
_NEWEST = (
    "SELECT alert_id, status FROM alerts WHERE created_at >= :since ORDER BY created_at DESC LIMIT :limit"
)
_LATELY_RAISED = sa.text(f"SELECT status, COUNT(*) AS alerts FROM ({_NEWEST}) newest GROUP BY status")  # noqa: S608 # constants of ours
_LATELY_SENT = sa.text(
    f"SELECT d.sink, d.state, COUNT(*) AS deliveries FROM ({_NEWEST}) newest "  # noqa: S608 # constants of ours
    "JOIN deliveries d ON d.alert_id = newest.alert_id GROUP BY d.sink, d.state"
)

# Spelled out, so that a few rows among years of delivered ones are found by the index that holds them alone.
_RARE = {"dead": "state = 'dead'", "pending": "settled_at IS NULL", "sending": "settled_at IS NULL"}
LATELY_ALERTS = 10_000
"""As far as `lately` looks: years of alerts must not slow down a page."""


@dataclass(frozen=True, slots=True)
class Archived:
    """An alert with its status: only live ones were sent."""

    alert: Alert
    status: AlertStatus


@dataclass(frozen=True, slots=True)
class FoundAlerts:
    """Alerts in order, and where to go on: None where nothing is left to look at.

    There may be fewer than were asked for, even none, and still a place to go on: see `alerts.store.search`.
    """

    alerts: tuple[Archived, ...]
    next_place: ListPlace | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert on its way to one sink; `outcome` and `detail` are those of the last attempt."""

    delivery_key: str
    alert_id: str
    sink: str
    state: str
    attempt: int
    created_at: datetime
    next_attempt_at: datetime
    outcome: str
    detail: str
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class RuleStats:
    """How often a rule has raised an alert, tests and backlog included."""

    rule: str
    matches: int
    last_match_at: datetime


@dataclass(frozen=True, slots=True)
class Lately:
    """Alerts raised since an instant by status, and their deliveries by sink and state.

    `is_capped`: there were more than LATELY_ALERTS, of which the newest are counted.
    """

    alerts: Mapping[str, int]
    deliveries: Mapping[tuple[str, str], int]

    @property
    def raised(self) -> int:
        """How many alerts there were."""
        return sum(self.alerts.values())

    @property
    def is_capped(self) -> bool:
        """Whether the numbers are lower bounds."""
        return self.raised >= LATELY_ALERTS


class Archive:
    """The stored alerts and deliveries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def alerts(
        self, wanted: Wanted = _EVERYTHING, *, after: ListPlace | None = None, limit: int = 50
    ) -> list[Archived]:
        """The newest first, as far as one `find` looks."""
        return list(self.find(wanted, after=after, limit=limit).alerts)

    def find(self, wanted: Wanted, *, after: ListPlace | None = None, limit: int = 50) -> FoundAlerts:
        """Up to `limit` wanted alerts, the newest first, behind a place where a search before this ended."""
        with self._database.read() as connection:
            found = find_rows(connection, wanted, after, limit)
        alerts = tuple(Archived(alert_of(row), row["status"]) for row in found.rows)
        return FoundAlerts(alerts, found.next_place)

    def alert(self, alert_id: str) -> Archived | None:
        """One alert; None when there is none such."""
        with self._database.read() as connection:
            row = connection.execute(_SHOW, {"alert_id": alert_id}).mappings().one_or_none()
        return None if row is None else Archived(alert_of(row), row["status"])

    def event(self, event_id: str) -> ArticleEvent | None:
        """The newest revision of an article that raised an alert; None for one that raised none."""
        with self._database.read() as connection:
            encoded = connection.execute(_EVENT, {"event_id": event_id}).scalar()
        return None if encoded is None else decode(encoded)

    def deliveries(self, alert_id: str) -> list[Delivery]:
        """Where an alert went."""
        with self._database.read() as connection:
            return _deliveries(connection.execute(_DELIVERIES, {"alert_id": alert_id}).all())

    def outbox(self, *, sink: str = "", state: str = "", limit: int = 50) -> list[Delivery]:
        """Deliveries, the newest first; empty filters take all."""
        filters = {name: value for name, value in {"sink": sink, "state": state}.items() if value}
        conditions = [f"{name} = :{name}" for name in filters]
        if state in _RARE:
            conditions.append(_RARE[state])
        order = _WAITING_NEWEST_FIRST if state in {"pending", "sending"} else _OUTBOX_NEWEST_FIRST
        statement = sa.text(f"SELECT * FROM deliveries {_where(conditions)} {order}")  # noqa: S608 # constants of ours
        with self._database.read() as connection:
            return _deliveries(connection.execute(statement, {**filters, "limit": limit}).all())

    def counts(self) -> dict[tuple[str, str], int]:
        """How many deliveries there are, by sink and state. Reads them all: for a person, not for a loop."""
        with self._database.read() as connection:
            return {(row.sink, row.state): row.deliveries for row in connection.execute(_COUNTS)}

    def lately(self, since: datetime) -> Lately:
        """What was raised since an instant and became of it, at most of the newest LATELY_ALERTS."""
        values = {"since": micros(since), "limit": LATELY_ALERTS}
        with self._database.read() as connection:
            raised = {row.status: row.alerts for row in connection.execute(_LATELY_RAISED, values)}
            sent = {(row.sink, row.state): row.deliveries for row in connection.execute(_LATELY_SENT, values)}
        return Lately(raised, sent)

    def rule_stats(self) -> dict[str, RuleStats]:
        """By rule; a rule that never matched is not there."""
        with self._database.read() as connection:
            return {
                row.rule: RuleStats(row.rule, row.matches, instant(row.last_match_at))
                for row in connection.execute(_STATS)
            }


def _where(conditions: Sequence[str]) -> str:
    return f"WHERE {' AND '.join(conditions)}" if conditions else ""


def _deliveries(rows: Sequence[Any]) -> list[Delivery]:
    return [
        Delivery(
            delivery_key=row.delivery_key,
            alert_id=row.alert_id,
            sink=row.sink,
            state=row.state,
            attempt=row.attempt,
            created_at=instant(row.created_at),
            next_attempt_at=instant(row.next_attempt_at),
            outcome=row.outcome,
            detail=row.detail,
            settled_at=maybe_instant(row.settled_at),
        )
        for row in rows
    ]
