"""The ledger: how many items came in and how they ended, for ever; and the last of those rejected.

Every function works inside the transaction of its caller.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ingest.item import Rejected
from ingest.progress import DETAIL_MAX, Tally
from ingest.store.rows import instant, printable, stored
from stream.db import Connection

REJECTED_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Ledger:
    """Items of one source since its first day."""

    items_in: int = 0
    new: int = 0
    revision: int = 0
    duplicate: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_balanced(self) -> bool:
        """Whether every item that came in ended in exactly one state."""
        return self.items_in == self.new + self.revision + self.duplicate + sum(self.rejected.values())


@dataclass(frozen=True, slots=True)
class RejectedItem:
    """A rejected item as listed; `number` grows with time."""

    number: int
    at: datetime
    source: str
    reason: str
    detail: str
    locator: str


def count(connection: Connection, source: str, tally: Tally) -> None:
    """Add a hand-over to the ledger."""
    states = [("in", "", tally.items_in), ("new", "", tally.new), ("revision", "", tally.revision)]
    states += [("duplicate", "", tally.duplicate)]
    states += [("rejected", reason, items) for reason, items in tally.rejected.items()]
    connection.executemany(
        "INSERT INTO ingest_ledger VALUES (?, ?, ?, ?)"
        " ON CONFLICT (source, state, reason) DO UPDATE SET items = items + excluded.items",
        [(source, state, reason, items) for state, reason, items in states if items],
    )


def read(connection: Connection) -> dict[str, Ledger]:
    """The ledger of every source that ever had an item."""
    found: dict[str, dict[str, int]] = {}
    rejected: dict[str, dict[str, int]] = {}
    rows = connection.execute(
        "SELECT source, state, reason, items FROM ingest_ledger ORDER BY source, reason"
    )
    for source, state, reason, items in rows:
        states = found.setdefault(source, {})
        if state == "rejected":
            rejected.setdefault(source, {})[reason] = items
        else:
            states[state] = items
    return {
        source: Ledger(
            items_in=states.get("in", 0),
            new=states.get("new", 0),
            revision=states.get("revision", 0),
            duplicate=states.get("duplicate", 0),
            rejected=rejected.get(source, {}),
        )
        for source, states in found.items()
    }


def list_rejected(connection: Connection, limit: int, source: str | None) -> list[RejectedItem]:
    """The last rejected items, newest first."""
    of_source, values = ("", (limit,)) if source is None else (" WHERE source = ?", (source, limit))
    rows = connection.execute(
        f"SELECT number, at, source, reason, detail, locator FROM ingest_rejected{of_source}"  # noqa: S608  ours
        " ORDER BY number DESC LIMIT ?",
        values,
    )
    return [RejectedItem(number, instant(at), *rest) for number, at, *rest in rows]


def reject(connection: Connection, source: str, items: Iterable[Rejected], now: datetime) -> None:
    """List rejected items, and drop the oldest beyond 10,000; the ledger goes on counting those."""
    connection.executemany(
        "INSERT INTO ingest_rejected (at, source, reason, detail, locator) VALUES (?, ?, ?, ?, ?)",
        [
            (
                stored(now),
                source,
                item.reason,
                printable(item.detail, DETAIL_MAX),
                printable(item.locator, DETAIL_MAX),
            )
            for item in items
        ],
    )
    connection.execute(
        "DELETE FROM ingest_rejected WHERE number <= (SELECT max(number) FROM ingest_rejected) - ?",
        (REJECTED_KEPT,),
    )
