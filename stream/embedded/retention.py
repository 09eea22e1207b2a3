"""Deleting what every group has read and nobody wants to keep."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from stream.db import Connection, Database

_CHUNK_ROWS = 1_000
_CHUNK_PAGES = 2_000
_WORTH_PAGES = 512
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that every known group has read."""

    offset: int
    appended_at: int
    stored_bytes: int


def choose(candidates: Iterable[Candidate], older_than: int, excess_bytes: int) -> list[Candidate]:
    """Decide which records go: the old ones, and the oldest until `excess_bytes` are freed."""
    chosen: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda candidate: candidate.offset):
        if candidate.appended_at < older_than or excess_bytes > 0:
            chosen.append(candidate)
            excess_bytes -= candidate.stored_bytes
    return chosen[:_CHUNK_ROWS]


def retain(database: Database, older_than: datetime, max_bytes: int | None) -> int:
    """Delete records appended before `older_than`, and the oldest beyond `max_bytes`; return how many.

    Only below the position of the slowest known group: without any group, or with one that never committed,
    nothing goes. In transactions of 1,000 records, so that appending never waits long; a crash between them
    leaves a log that is merely longer. The space is used again, and given back to the disk where much of it
    is free.
    """
    limit = (older_than - datetime(1970, 1, 1, tzinfo=UTC)) // _MICROSECOND
    deleted = 0
    while count := database.write(lambda connection: _delete_chunk(connection, limit, max_bytes)):
        deleted += count
    while database.write(_give_back_pages):
        pass
    return deleted


def _delete_chunk(connection: Connection, older_than: int, max_bytes: int | None) -> int:
    (held_bytes,) = connection.execute("SELECT bytes FROM log_topic").fetchone() or (0,)
    excess_bytes = 0 if max_bytes is None else held_bytes - max_bytes
    chosen = choose(_candidates(connection), older_than, excess_bytes)
    connection.executemany(
        "DELETE FROM log_records WHERE offset = ?",
        [(candidate.offset,) for candidate in chosen],
    )
    connection.execute(
        "UPDATE log_topic SET rows = rows - ?, bytes = bytes - ?",
        (len(chosen), sum(candidate.stored_bytes for candidate in chosen)),
    )
    return len(chosen)


def _candidates(connection: Connection) -> list[Candidate]:
    rows = connection.execute(
        "SELECT offset, appended_at, length(value) FROM log_records "
        "WHERE offset < (SELECT min(position) FROM log_positions) ORDER BY offset LIMIT ?",
        (_CHUNK_ROWS,),
    )
    return [Candidate(*row) for row in rows]


def _give_back_pages(connection: Connection) -> bool:
    (pages,) = connection.execute("PRAGMA page_count").fetchone() or (0,)
    (free,) = connection.execute("PRAGMA freelist_count").fetchone() or (0,)
    if free < _WORTH_PAGES or free < pages // 4:
        return False
    connection.execute(f"PRAGMA incremental_vacuum({_CHUNK_PAGES})").fetchall()
    return True
