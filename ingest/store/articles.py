"""The articles we know, as rows. Every function works inside the transaction of its caller."""

from datetime import datetime, timedelta

from ingest.arrival import Links
from ingest.revision import Known, Revision
from ingest.store.rows import instant, stored
from stream.db import Connection
from stream.event import ArticleEvent

MAX_URLS = 3  # an article moves once or twice; a guid that keeps moving names a page, not an article
REFRESH_AFTER = timedelta(days=1)


_KNOWN = """SELECT event_id, content_hash, revision, first_seen_at, body_kind, window_started_at,
  window_revisions FROM ingest_articles WHERE event_id = """


def find(connection: Connection, event: ArticleEvent, links: Links) -> Known | None:
    """The article that this event is about: known by its URL, by its own id, or by its guid.

    So a known URL under a new guid, and a known guid under a new URL, are the same article.
    """
    return (
        (_one(connection, f"{_KNOWN} {_LINKED}", links.url) if links.url else None)
        or _one(connection, f"{_KNOWN} ?", event.event_id)
        or (_one(connection, f"{_KNOWN} {_LINKED} AND urls < {MAX_URLS}", links.guid) if links.guid else None)
    )


_LINK = "SELECT event_id FROM ingest_links WHERE link = ?"
_LINKED = f"({_LINK})"


def linked(connection: Connection, link: bytes) -> str | None:
    """The event id behind another name of an article."""
    row = connection.execute(_LINK, (link,)).fetchone()
    return None if row is None else str(row[0])


def _one(connection: Connection, sql: str, key: str | bytes) -> Known | None:
    row = connection.execute(sql, (key,)).fetchone()
    if row is None:
        return None
    event_id, content_hash, revision, first_seen_at, body_kind, window_started_at, window_revisions = row
    return Known(
        event_id,
        content_hash,
        revision,
        instant(first_seen_at),
        body_kind,
        instant(window_started_at),
        window_revisions,
    )


def add(connection: Connection, event: ArticleEvent, now: datetime) -> None:
    """Remember a new article."""
    connection.execute(
        "INSERT INTO ingest_articles (event_id, content_hash, revision, first_seen_at, body_kind,"
        " window_started_at, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            event.event_id,
            event.content_hash,
            event.revision,
            stored(event.first_seen_at),
            event.body_kind,
            stored(now),
            stored(now),
        ),
    )


def revise(connection: Connection, revision: Revision) -> None:
    """Remember the last revision of a known article."""
    event = revision.event
    connection.execute(
        "UPDATE ingest_articles SET content_hash = ?, revision = ?, body_kind = ?, window_started_at = ?,"
        " window_revisions = ? WHERE event_id = ?",
        (
            event.content_hash,
            event.revision,
            event.body_kind,
            stored(revision.window_started_at),
            revision.window_revisions,
            event.event_id,
        ),
    )


def sight(connection: Connection, event_id: str, found: ArticleEvent, links: Links, now: datetime) -> None:
    """Note that the source of `found` has the article `event_id`, and under which names.

    `found` is the event as normalised: its own id differs where the article was known by another name.
    """
    for link in filter(None, (links.guid, links.found)):
        connection.execute("INSERT OR IGNORE INTO ingest_links VALUES (?, ?)", (link, event_id))
    if links.url is not None and found.event_id != event_id:
        is_new = connection.execute("INSERT OR IGNORE INTO ingest_links VALUES (?, ?)", (links.url, event_id))
        connection.execute(
            "UPDATE ingest_articles SET urls = urls + ? WHERE event_id = ?", (is_new.rowcount, event_id)
        )
    connection.execute(
        "INSERT OR IGNORE INTO ingest_sightings VALUES (?, ?, ?)", (event_id, found.source, stored(now))
    )
    refresh(connection, event_id, now)


def refresh(connection: Connection, event_id: str, now: datetime) -> None:
    """Keep an article that sources still show from being forgotten; writes once a day at most."""
    connection.execute(
        "UPDATE ingest_articles SET seen_at = ? WHERE event_id = ? AND seen_at < ?",
        (stored(now), event_id, stored(now - REFRESH_AFTER)),
    )


def prune(connection: Connection, before: str, at_most: int) -> int:
    """Forget articles that no source has shown since, with their links and sightings; say how many."""
    return connection.execute(
        "DELETE FROM ingest_articles WHERE event_id IN"
        " (SELECT event_id FROM ingest_articles WHERE seen_at < ? LIMIT ?)",
        (before, at_most),
    ).rowcount
