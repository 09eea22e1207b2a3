"""Old alerts removed: in small transactions, never one that still waits to be sent.

An alert goes with its deliveries, and its article goes with the last alert about it. What is removed is
forgotten as a key too, so the time kept must be longer than a source may bring an article again: the inbox
and ingest remember those.
"""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from alerts.store.database import Database
from alerts.store.instants import micros

ROWS = 500
"""How many alerts one transaction removes."""

_ALONE = 0x57524554  # the advisory lock of whoever removes now

_OLD = """
    SELECT alert_id FROM alerts a WHERE created_at < :before AND NOT EXISTS (
        SELECT 1 FROM deliveries d WHERE d.alert_id = a.alert_id
        AND (d.settled_at IS NULL OR d.settled_at >= :before))
    ORDER BY created_at LIMIT :limit{skip_locked}"""
_OUT: sa.BindParameter[str] = sa.bindparam("ids", expanding=True)
# In the order of the foreign keys; an article is kept while another alert has it.
_DELIVERIES = sa.text("DELETE FROM deliveries WHERE alert_id IN :ids").bindparams(_OUT)
_ALERTS = sa.text("DELETE FROM alerts WHERE alert_id IN :ids RETURNING event_id, revision").bindparams(_OUT)
_EVENT = sa.text("""
    DELETE FROM alert_events WHERE event_id = :event_id AND revision = :revision AND NOT EXISTS (
        SELECT 1 FROM alerts WHERE event_id = :event_id AND revision = :revision)""")
_LETTERS = sa.text("""
    DELETE FROM dead_letters WHERE id IN (SELECT id FROM dead_letters WHERE at < :before
        AND (retry_at IS NULL OR retried_at IS NOT NULL) ORDER BY at LIMIT :limit)""")


class Retention:
    """Removes what is older than anybody wants to keep; one process at a time does."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._old = sa.text(_OLD.format(skip_locked=database.skip_locked))

    def remove(self, before: datetime, limit: int = ROWS) -> int:
        """Remove up to `limit` alerts raised and settled before an instant, and as many dead letters.

        Returns how many went: call again while it is `limit` or more. 0 too while another process removes.
        A crash in between leaves whole alerts only.
        """
        values = {"before": micros(before), "limit": limit}
        with self._database.write() as connection:
            if not self._is_alone(connection):
                return 0
            letters = connection.execute(_LETTERS, values).rowcount
            ids = list(connection.execute(self._old, values).scalars())
            if not ids:
                return letters
            connection.execute(_DELIVERIES, {"ids": ids})
            events = connection.execute(_ALERTS, {"ids": ids}).all()
            for event_id, revision in sorted({(row.event_id, row.revision) for row in events}):
                connection.execute(_EVENT, {"event_id": event_id, "revision": revision})
        return len(ids) + letters

    def _is_alone(self, connection: sa.Connection) -> bool:
        if not self._database.is_shared:
            return True
        lock = sa.text("SELECT pg_try_advisory_xact_lock(:key)")
        return bool(connection.execute(lock, {"key": _ALONE}).scalar_one())


def remove_all(retention: Retention, before: datetime, is_over: Callable[[], bool], limit: int = ROWS) -> int:
    """Remove until nothing old is left, or `is_over` says that the time for it is; returns how many went."""
    removed = 0
    while not is_over():
        went = retention.remove(before, limit)
        removed += went
        if went < limit:
            break
    return removed
