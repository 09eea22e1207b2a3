"""The progress of sources, as rows. Every function works inside the transaction of its caller."""

import json
from typing import Any

from ingest.progress import Progress
from ingest.store.rows import instant_or_none, printable, stored_or_none
from stream.db import Connection

_COLUMNS = (
    "source, cursor, polled_at, succeeded_at, new_item_at, failures, failed_at, reason, detail, due_at,"
    " interval_s, last_items, gaps_s, is_gone"
)


def load(connection: Connection, source: str) -> Progress:
    """Where a source stands; a source never heard of is at its beginning."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM ingest_sources WHERE source = ?", (source,)).fetchone()  # noqa: S608  fixed columns
    return Progress(source=source) if row is None else _read(row)


def load_all(connection: Connection) -> dict[str, Progress]:
    """Where every source stands that was ever polled or received from."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM ingest_sources ORDER BY source")  # noqa: S608  fixed columns
    return {progress.source: progress for progress in map(_read, rows)}


def save(connection: Connection, progress: Progress) -> None:
    """Store where a source stands."""
    connection.execute(
        f"INSERT OR REPLACE INTO ingest_sources ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",  # noqa: S608  fixed columns
        (
            progress.source,
            json.dumps(dict(progress.cursor)),
            stored_or_none(progress.polled_at),
            stored_or_none(progress.succeeded_at),
            stored_or_none(progress.new_item_at),
            progress.failures,
            stored_or_none(progress.failed_at),
            printable(progress.reason, 100),
            printable(progress.detail, 500),
            stored_or_none(progress.due_at),
            progress.interval_s,
            progress.last_items,
            json.dumps(progress.gaps_s),
            int(progress.is_gone),
        ),
    )


def _read(row: tuple[Any, ...]) -> Progress:
    (source, cursor, polled, succeeded, new_item, failures, failed, reason, detail, due, *rest) = row
    (interval_s, last_items, gaps_s, is_gone) = rest
    return Progress(
        source=source,
        cursor=json.loads(cursor),
        polled_at=instant_or_none(polled),
        succeeded_at=instant_or_none(succeeded),
        new_item_at=instant_or_none(new_item),
        failures=failures,
        failed_at=instant_or_none(failed),
        reason=reason,
        detail=detail,
        due_at=instant_or_none(due),
        interval_s=interval_s,
        last_items=last_items,
        gaps_s=tuple(json.loads(gaps_s)),
        is_gone=bool(is_gone),
    )
