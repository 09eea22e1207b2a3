"""Items handled before, as found, so that none is worked on twice. Works inside the caller's transaction."""

from datetime import datetime, timedelta

from ingest.arrival import Repeated
from ingest.fingerprint import Fingerprint
from ingest.item import Rejected
from ingest.outcome import Duplicate
from ingest.store.rows import stored
from stream.db import Connection

REFRESH_AFTER = timedelta(days=1)
_PASSING = frozenset({"extraction_failed"})  # may go better the next time


def recall(connection: Connection, item: Fingerprint, source: str) -> Repeated | None:
    """Say whether an item was handled before as it is: a duplicate, or rejected as it was then.

    Only its last content counts: an edit that is taken back is an edit.
    """
    row = connection.execute(
        "SELECT event_id, reason FROM ingest_handled WHERE key = ? AND content = ?", (item.key, item.content)
    ).fetchone()
    if row is None:
        return None
    event_id, reason = row
    if event_id is not None:
        return Repeated(Duplicate(event_id))
    return Repeated(Rejected(reason, "unchanged since it was rejected", source))


def remember(connection: Connection, item: Fingerprint, event_id: str, now: datetime) -> None:
    """Note that an item, as it is, is on the log as `event_id`."""
    _replace(connection, item, event_id, None, now)


def remember_rejected(connection: Connection, item: Fingerprint, rejected: Rejected, now: datetime) -> None:
    """Note that an item, as it is, is good for nothing; unless that may be bad luck."""
    if rejected.reason not in _PASSING:
        _replace(connection, item, None, rejected.reason, now)


def _replace(
    connection: Connection, item: Fingerprint, event_id: str | None, reason: str | None, now: datetime
) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO ingest_handled VALUES (?, ?, ?, ?, ?)",
        (item.key, item.content, event_id, reason, stored(now)),
    )


def refresh(connection: Connection, item: Fingerprint, now: datetime) -> None:
    """Keep an item that its source still shows from being forgotten; writes once a day at most."""
    connection.execute(
        "UPDATE ingest_handled SET seen_at = ? WHERE key = ? AND seen_at < ?",
        (stored(now), item.key, stored(now - REFRESH_AFTER)),
    )


def prune(connection: Connection, before: str, at_most: int) -> int:
    """Forget items that their source has not shown since; say how many."""
    return connection.execute(
        "DELETE FROM ingest_handled WHERE key IN (SELECT key FROM ingest_handled WHERE seen_at < ? LIMIT ?)",
        (before, at_most),
    ).rowcount
