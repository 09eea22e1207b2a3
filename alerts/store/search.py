"""Alerts found newest first, for a bounded cost: a search looks at so many, and says where to go on.

What an article says is in no index (docs/decisions/0084 says why): the database hands out the newest alerts
by what its indexes know, and each is looked at. One call looks at SCAN_ROWS alerts or SCAN_BYTES of articles
at most, whichever is first, whether it found anything or not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from alerts.alert import Alert
from alerts.store.instants import micros
from alerts.store.rows import ALERT_COLUMNS
from alerts.store.wanted import Sieve, Wanted

SCAN_ROWS = 5_000
"""How many alerts one search looks at: 0.3 s of articles of 2.4 kB on one core."""
SCAN_BYTES = 25_000_000
"""How much of articles one search reads, and at most one chunk of rows more."""
_CHUNK = 100

_COLUMNS = ", ".join("a." + name.strip() for name in ALERT_COLUMNS.split(","))
JOINED = (
    f"SELECT {_COLUMNS}, e.encoded FROM alerts a "  # noqa: S608 # constants of ours
    "JOIN alert_events e ON e.event_id = a.event_id AND e.revision = a.revision "
)
"""Alerts with their events."""
# A row value is one range of the index; the same written with OR reads all that is newer first.
_BEHIND = "(a.created_at, a.alert_id) < (:before, :after_id)"
_NEWEST_FIRST = "ORDER BY a.created_at DESC, a.alert_id DESC LIMIT :limit"


@dataclass(frozen=True, slots=True)
class ListPlace:
    """Where a list goes on: behind this alert, which need not be there any more."""

    created_us: int
    alert_id: str


def place_of(alert: Alert) -> ListPlace:
    """The place behind an alert."""
    return ListPlace(micros(alert.created_at), alert.alert_id)


@dataclass(frozen=True, slots=True)
class FoundRows:
    """Rows in order; `next_place` is where to go on, None where nothing is left to look at."""

    rows: tuple[Any, ...]
    next_place: ListPlace | None


def find_rows(connection: sa.Connection, wanted: Wanted, after: ListPlace | None, limit: int) -> FoundRows:
    """Up to `limit` rows (at least 1) that are wanted, with the `encoded` event of each."""
    find = _sift if wanted.reads_article else _page
    return find(connection, wanted, after, limit)


def _page(connection: sa.Connection, wanted: Wanted, after: ListPlace | None, limit: int) -> FoundRows:
    rows = _read(connection, wanted, after, limit + 1)
    shown = tuple(rows[:limit])
    return FoundRows(shown, _behind(shown[-1]) if len(rows) > limit else None)


def _sift(connection: sa.Connection, wanted: Wanted, after: ListPlace | None, limit: int) -> FoundRows:
    sieve = Sieve(wanted)
    found: list[Any] = []
    seen = seen_bytes = 0
    place = after
    while seen < SCAN_ROWS and seen_bytes < SCAN_BYTES:
        rows = _read(connection, wanted, place, _CHUNK)
        for row in rows:
            if len(found) == limit:
                return FoundRows(tuple(found), place)
            if sieve.takes(row):
                found.append(row)
            place = _behind(row)
            seen_bytes += len(row["encoded"])
        seen += len(rows)
        if len(rows) < _CHUNK:
            return FoundRows(tuple(found), None)
    return FoundRows(tuple(found), place)


def _read(connection: sa.Connection, wanted: Wanted, after: ListPlace | None, limit: int) -> Sequence[Any]:
    conditions, values = wanted.conditions()
    if after is not None:
        conditions.append(_BEHIND)
        values |= {"before": after.created_us, "after_id": after.alert_id}
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    statement = sa.text(f"{JOINED}{where} {_NEWEST_FIRST}")
    return connection.execute(statement, {**values, "limit": limit}).mappings().all()


def _behind(row: Any) -> ListPlace:
    return ListPlace(row["created_at"], row["alert_id"])
