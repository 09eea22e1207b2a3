"""What all ingesters know together: which article is which, and the number of its last revision.

A source may be read by another ingester tomorrow, and one article stands in the feeds of two. So the
revision is numbered here, before an event goes to anybody's log:

1. the book: the revision gets its number, held by who takes it on. A crash after it leaves a number that
   its holder, or once that is dead another, gives to the same content again.
2. the log of the holder, durable, with the cursor of the source. A crash after it repeats step 1 at most.
3. published: everybody can read it, and nobody holds it any more. A crash before it lets somebody publish it
   a second time under the same id and number, which readers know.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
import sqlalchemy as sa

from ingest.arrival import Arrival, Links, Repeated, Ruled
from ingest.outcome import Duplicate
from ingest.revision import Decision, Known, New, Restless, Revision, Unaltered, decide
from ingest.sharing.members import Room, live
from stream.event import ArticleEvent
from stream.timing import Clock

MAX_URLS = 3  # an article moves once or twice; a guid that keeps moving names a page, not an article
REFRESH_AFTER = timedelta(days=1)
PRUNE_ROWS = 1_000

_TURN = 0x57424F4F  # "WBOO": the advisory lock of whoever writes in the book
# Who is frozen while it writes holds up all others for no longer than this.
_PATIENCE = sa.text("SET LOCAL idle_in_transaction_session_timeout = '5s'")
_LOCK = sa.text("SELECT pg_advisory_xact_lock(:key)")
_COLUMNS = (
    "event_id, content_hash, revision, first_seen_at, body_kind, urls, window_started_at, window_revisions, "
    "held_by"
)
_BY_LINK = sa.text("SELECT link, event_id FROM ingest_links WHERE link = ANY(:links)")
_BY_ID = sa.text(f"SELECT {_COLUMNS} FROM ingest_articles WHERE event_id = ANY(:ids)")  # noqa: S608 # constant
_WRITE = sa.text(f"""
    INSERT INTO ingest_articles ({_COLUMNS}, seen_at)
    VALUES (:event_id, :content_hash, :revision, :first_seen_at, :body_kind, :urls, :window_started_at,
            :window_revisions, :held_by, :seen_at)
    ON CONFLICT (event_id) DO UPDATE SET
        content_hash = excluded.content_hash, revision = excluded.revision, body_kind = excluded.body_kind,
        urls = excluded.urls, window_started_at = excluded.window_started_at,
        window_revisions = excluded.window_revisions, held_by = excluded.held_by,
        seen_at = excluded.seen_at""")  # noqa: S608 # constants of ours
_LINK = sa.text("INSERT INTO ingest_links (link, event_id) VALUES (:link, :event_id) ON CONFLICT DO NOTHING")
_SHOWN = sa.text("UPDATE ingest_articles SET seen_at = :now WHERE event_id = ANY(:ids) AND seen_at < :before")
_FREE = sa.text("""
    UPDATE ingest_articles SET held_by = NULL
    WHERE event_id = :event_id AND revision = :revision AND held_by = :me""")
_PRUNE = sa.text("""
    DELETE FROM ingest_articles WHERE event_id IN
    (SELECT event_id FROM ingest_articles WHERE seen_at < :before LIMIT :limit FOR UPDATE SKIP LOCKED)""")


@dataclass(frozen=True, slots=True)
class _Entry:
    known: Known
    urls: int = 0
    held_by: str | None = None


class Book:
    """Rules on arrivals. Safe from any thread; one ingester writes at a time, for some milliseconds."""

    def __init__(self, room: Room, me: str, clock: Clock) -> None:
        self._room = room
        self._me = me
        self._clock = clock
        self._shown: set[str] = set()  # noted as still shown, since `_shown_since`
        self._shown_since = clock()

    def rule(self, arrivals: Sequence[Arrival], remembered: Sequence[Known | None]) -> list[Arrival]:
        """Decide what each arrived event is; those that are none pass as they are.

        `remembered`: what this ingester's own store knows of each, from before it shared. Raises
        UnavailableError when the database is away: nothing was decided then.
        """
        news = [arrival for arrival in arrivals if isinstance(arrival.result, ArticleEvent)]
        now = self._clock()
        shown = self._long_unseen(arrivals, now)
        if not news and not shown:
            return list(arrivals)
        with self._room.begin() as connection:
            connection.execute(_PATIENCE)
            connection.execute(_LOCK, {"key": _TURN})
            if shown:
                values = {"ids": shown, "now": now, "before": now - REFRESH_AFTER}
                connection.execute(_SHOWN, values)
            page = _Page(connection, news, self._me, now)
            ruled = [page.rule(arrival, own) for arrival, own in zip(arrivals, remembered, strict=True)]
            page.write(connection)
        self._shown.update(shown)
        return ruled

    def publish(self, revisions: Iterable[tuple[str, int]]) -> None:
        """Note that everybody can read these revisions (event id and number): nobody holds them any more."""
        rows = [
            {"event_id": event_id, "revision": number, "me": self._me}
            for event_id, number in sorted(revisions)
        ]
        if rows:
            with self._room.begin() as connection:
                connection.execute(_FREE, rows)

    def prune(self, keep: timedelta) -> int:
        """Forget up to PRUNE_ROWS articles that no source has shown for `keep`; returns how many."""
        values = {"before": self._clock() - keep, "limit": PRUNE_ROWS}
        with self._room.begin() as connection:
            return connection.execute(_PRUNE, values).rowcount

    def _long_unseen(self, arrivals: Iterable[Arrival], now: datetime) -> list[str]:
        """Articles that sources still show, each once a day."""
        if now - self._shown_since >= REFRESH_AFTER:
            self._shown, self._shown_since = set(), now
        ids = {
            arrival.result.outcome.event_id
            for arrival in arrivals
            if isinstance(arrival.result, Repeated) and isinstance(arrival.result.outcome, Duplicate)
        }
        return sorted(ids - self._shown)


class _Page:
    """The part of the book that one hand-over is about: each arrival sees those before it."""

    def __init__(self, connection: sa.Connection, news: Sequence[Arrival], me: str, now: datetime) -> None:
        self._me = me
        self._now = now
        self._live = live(connection)
        names = {link for arrival in news for link in _named(arrival.links) if link}
        self._links: dict[bytes, str] = {
            bytes(row.link): row.event_id for row in connection.execute(_BY_LINK, {"links": list(names)})
        }
        ids = {arrival.result.event_id for arrival in news if isinstance(arrival.result, ArticleEvent)}
        rows = connection.execute(_BY_ID, {"ids": list(ids | set(self._links.values()))})
        self._entries = {row.event_id: _entry(row) for row in rows}
        self._changed: set[str] = set()
        self._new_links: dict[bytes, str] = {}

    def rule(self, arrival: Arrival, remembered: Known | None) -> Arrival:
        """Decide on one arrival."""
        event = arrival.result
        if not isinstance(event, ArticleEvent):
            return arrival
        entry = self._find(event, arrival.links) or (_Entry(remembered) if remembered else None)
        is_mine = entry is not None and entry.held_by == self._me
        is_orphan = entry is not None and entry.held_by is not None and entry.held_by not in self._live
        decision = self._decide(entry, event, is_mine=is_mine, is_orphan=is_orphan)
        self._note(entry, decision, event, arrival.links)
        # Who relies on another to publish it looks again at the next poll.
        waits = isinstance(decision, Unaltered) and entry is not None and entry.held_by is not None
        return replace(arrival, result=Ruled(decision), fingerprint=None if waits else arrival.fingerprint)

    def _decide(
        self, entry: _Entry | None, event: ArticleEvent, *, is_mine: bool, is_orphan: bool
    ) -> Decision:
        if entry is None:
            return decide(None, event, self._now)
        known = entry.known
        if (is_mine or is_orphan) and known.content_hash == event.content_hash:
            again = msgspec.structs.replace(
                event, event_id=known.event_id, revision=known.revision, first_seen_at=known.first_seen_at
            )
            if known.revision == 1:
                return New(again)
            return Revision(again, known.window_started_at, known.window_revisions)
        # What only a dead ingester had may be lost with it: then a poorer body is better than none.
        return decide(replace(known, body_kind="none") if is_orphan else known, event, self._now)

    def write(self, connection: sa.Connection) -> None:
        """Put down what has changed."""
        rows = [_row(self._entries[event_id], self._now) for event_id in sorted(self._changed)]
        if rows:
            connection.execute(_WRITE, rows)
        links = [{"link": link, "event_id": id_} for link, id_ in sorted(self._new_links.items())]
        if links:
            connection.execute(_LINK, links)

    def _find(self, event: ArticleEvent, links: Links) -> _Entry | None:
        """By its URL, by its own id, or by its guid, as the store of one ingester does it."""
        by_url = self._entries.get(self._links.get(links.url or b"", ""))
        by_guid = self._entries.get(self._links.get(links.guid or b"", ""))
        if by_guid is not None and by_guid.urls >= MAX_URLS:
            by_guid = None
        return by_url or self._entries.get(event.event_id) or by_guid

    def _note(self, entry: _Entry | None, decision: Decision, event: ArticleEvent, links: Links) -> None:
        match decision:
            case New(event=ours):
                known = entry.known if entry else _first(ours, self._now)
                noted = _Entry(known, entry.urls if entry else 0, self._me)
            case Revision(event=ours, window_started_at=started, window_revisions=count):
                known = replace(_first(ours, started), window_revisions=count)
                noted = _Entry(known, entry.urls if entry else 0, self._me)
            case Unaltered() if entry is not None:
                noted = entry
            case Unaltered() | Restless():
                return
        event_id = noted.known.event_id
        noted = replace(noted, urls=noted.urls + self._link(event_id, event, links))
        if noted != self._entries.get(event_id):
            self._changed.add(event_id)
        self._entries[event_id] = noted

    def _link(self, event_id: str, event: ArticleEvent, links: Links) -> int:
        """Note the other names; returns how many addresses the article has moved to by it."""
        names: list[tuple[bytes | None, Literal[0, 1]]] = [(links.guid, 0), (links.found, 0)]
        if event.event_id != event_id:
            names.append((links.url, 1))
        moved = 0
        for link, is_address in names:
            if link is not None and link not in self._links:
                self._links[link] = self._new_links[link] = event_id
                self._changed.add(event_id)
                moved += is_address
        return moved


def _named(links: Links) -> tuple[bytes | None, ...]:
    return (links.url, links.found, links.guid)


def _first(event: ArticleEvent, window_started_at: datetime) -> Known:
    return Known(
        event.event_id,
        event.content_hash,
        event.revision,
        event.first_seen_at,
        event.body_kind,
        window_started_at,
    )


def _entry(row: Any) -> _Entry:
    known = Known(
        row.event_id,
        row.content_hash,
        row.revision,
        row.first_seen_at,
        row.body_kind,
        row.window_started_at,
        row.window_revisions,
    )
    return _Entry(known, row.urls, row.held_by)


def _row(entry: _Entry, now: datetime) -> dict[str, Any]:
    known = entry.known
    return {
        "event_id": known.event_id,
        "content_hash": known.content_hash,
        "revision": known.revision,
        "first_seen_at": known.first_seen_at,
        "body_kind": known.body_kind,
        "window_started_at": known.window_started_at,
        "window_revisions": known.window_revisions,
        "urls": entry.urls,
        "held_by": entry.held_by,
        "seen_at": now,
    }
