"""Sharing the sources: heartbeat, who reads what now, and handing on what was learnt about a source."""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import msgspec
import sqlalchemy as sa

from ingest.progress import Progress
from ingest.sharing.book import Book
from ingest.sharing.members import HEARTBEAT, Members, Room
from ingest.sharing.share import shares
from stream.errors import StreamError

if TYPE_CHECKING:
    from datetime import datetime

logger = logging.getLogger(__name__)

_PUT = sa.text("""
    INSERT INTO ingest_progress (source, polled_at, progress) VALUES (:source, :polled_at, :progress)
    ON CONFLICT (source) DO UPDATE SET polled_at = excluded.polled_at, progress = excluded.progress
    WHERE ingest_progress.polled_at < excluded.polled_at""")
_GET = sa.text("SELECT progress FROM ingest_progress WHERE source = ANY(:sources)")
_END_S = 5.0
_progress = msgspec.json.Decoder(Progress)


class Store(Protocol):
    """What one ingester remembers of its sources."""

    def all_progress(self) -> dict[str, Progress]:
        """Where every source stands."""
        ...

    def take_over(self, progress: Iterable[Progress]) -> None:
        """Let sources stand where another reader left them; durable when it returns."""
        ...


def handed_on(progress: Progress) -> Progress:
    """What the next reader may use: all but the marks that would spare it the items of the last answer.

    It must see those, since its predecessor may have died before they were published.
    """
    url = progress.cursor.get("url")
    return replace(progress, cursor={} if url is None else {"url": url})


def taken_over(own: Progress | None, handed: Progress) -> Progress:
    """Where a source stands for its new reader: as the last one left it, with its own marks if it has any."""
    if own is None or own.polled_at is None:
        return handed
    if handed.polled_at is not None and own.polled_at >= handed.polled_at:
        return own
    return replace(handed, cursor=own.cursor or handed.cursor)


class Publishing:
    """Which revisions wait in this ingester's log until everybody can read them.

    `end` is where its log ends; `published` is the offset below which all of it can be read by everybody.
    """

    def __init__(self, book: Book, end: Callable[[], int], published: Callable[[], int]) -> None:
        self._book = book
        self._end = end
        self._published = published
        self._guard = threading.Lock()
        self._waiting: list[tuple[int, tuple[str, int]]] = []

    def stored(self, revisions: Iterable[tuple[str, int]]) -> None:
        """Note revisions that are in our log by now."""
        noted = list(revisions)
        if not noted:
            return
        end = self._end()
        with self._guard:
            self._waiting += [(end, revision) for revision in noted]

    def step(self) -> int:
        """Tell the book what is published; returns how many revisions were."""
        with self._guard:
            waiting = list(self._waiting)
        if not waiting:
            return 0
        below = self._published()
        done = [revision for end, revision in waiting if end <= below]
        self._book.publish(done)
        with self._guard:
            self._waiting = [one for one in self._waiting if one[0] > below]
        return len(done)


class Sharing:
    """One ingester among several. `owns` may be asked from any thread.

    While the database is away everybody keeps what it had: two may then read one source, which costs the
    source some requests and nobody an alert.
    """

    def __init__(self, room: Room, members: Members, store: Store, publishing: Publishing, me: str) -> None:
        self._room = room
        self._members = members
        self._store = store
        self._publishing = publishing
        self._me = me
        self._live: frozenset[str] = frozenset()
        self._handed: dict[str, datetime] = {}
        self._has_moved = False
        self._stop = threading.Event()
        self._changed: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._run, name="sharing", daemon=True)

    def join(self, sources: Iterable[str], changed: Callable[[], None]) -> None:
        """Be counted among the live, and take over what is ours; `changed` is called when that changes.

        Raises UnavailableError when the database is away.
        """
        self._live = self._members.renew()
        self.take_over(sources)
        self._changed = changed
        self._thread.start()

    def owned(self, sources: Iterable[str]) -> frozenset[str]:
        """Those of the sources that are ours now."""
        return shares(sources, self._live, self._me)

    def take_over(self, sources: Iterable[str]) -> None:
        """Go on where others left those of the sources that are ours."""
        mine = self.owned(sources)
        with self._room.begin() as connection:
            rows = connection.execute(_GET, {"sources": sorted(mine)}).scalars().all()
        own = self._store.all_progress()
        handed = [_progress.decode(row) for row in rows]
        moved = [taken_over(own.get(one.source), one) for one in handed]
        self._store.take_over([one for one in moved if one != own.get(one.source)])

    def halt(self) -> None:
        """Move no sources any more; the lease goes on for a while."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(_END_S)

    def leave(self) -> None:
        """Hand on all there is, and be counted out at once."""
        self.halt()
        for step in (self._publishing.step, self._hand_on, self._members.leave):
            try:
                step()
            except StreamError as error:  # the lease runs out by itself
                logger.warning("not handed on", extra={"reason": str(error)})

    def beat(self) -> None:
        """Stay alive, and see who else is."""
        self._publishing.step()
        self._hand_on()
        live = self._members.renew()
        if live != self._live:
            logger.info("ingesters changed", extra={"count": len(live)})
            self._live = live
            self._has_moved = True
        if self._has_moved:
            self._changed()
            self._has_moved = False  # not before: what failed is done at the next beat

    def _hand_on(self) -> None:
        """Write down how sources stand that were polled since we last did."""
        progress = self._store.all_progress()
        polled = {
            source: one.polled_at
            for source, one in progress.items()
            if one.polled_at is not None and self._handed.get(source) != one.polled_at
        }
        if not polled:
            return
        rows = [
            {"source": source, "polled_at": at, "progress": _encoded(progress[source])}
            for source, at in sorted(polled.items())
        ]
        with self._room.begin() as connection:
            connection.execute(_PUT, rows)
        self._handed |= polled

    def _run(self) -> None:
        while not self._stop.wait(HEARTBEAT.total_seconds()):
            try:
                self.beat()
            except StreamError as error:
                logger.warning("no heartbeat", extra={"reason": str(error)})
            except Exception:  # the top of the loop: whatever it is, the next beat may go through
                logger.exception("no heartbeat")


def _encoded(progress: Progress) -> str:
    return msgspec.json.encode(handed_on(progress)).decode()
