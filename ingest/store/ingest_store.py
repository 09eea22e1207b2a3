"""What ingest remembers: sources, articles, items handled, items rejected, the ledger.

One hand-over, from the cursor of its source to the events on the log, is one transaction of one SQLite
file. There is no moment at which a crash could keep the one and lose the other.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from ingest.arrival import Arrival, Repeated
from ingest.fingerprint import Fingerprint, url_link
from ingest.outcome import Outcome, tally
from ingest.progress import Progress, Tally
from ingest.revision import Known
from ingest.store import articles, handled, ledger, progress_rows
from ingest.store.ledger import Ledger, RejectedItem
from ingest.store.rows import instant, stored
from ingest.store.settle import Settlement
from ingest.store.tables import MIGRATIONS
from ingest.urls import canonical_url
from stream.db import Connection, Database
from stream.event import ArticleEvent
from stream.failpoint import Failpoint, reach
from stream.log import Appended
from stream.timing import Clock

__all__ = ["MIGRATIONS", "HandOver", "IngestStore", "LocalLog"]

PRUNE_ROWS = 1_000


class LocalLog(Protocol):
    """The embedded log, as far as it takes part in our transaction."""

    def append_in(self, connection: Connection, events: Sequence[ArticleEvent]) -> list[Appended]:
        """Append inside the open transaction of `connection`; durable when that commits."""
        ...


@dataclass(frozen=True, slots=True)
class HandOver:
    """Items that are stored together or not at all, and with them the progress of their source."""

    source: str
    arrivals: Sequence[Arrival]
    advance: Callable[[Progress, Tally], Progress] | None = None


class IngestStore:
    """The tables of ingest; safe from any thread. Methods that return a Future do not wait for the disk."""

    def __init__(
        self,
        database: Database,
        log: LocalLog,
        clock: Clock,
        observe_append: Callable[[float], None] = lambda seconds: None,  # noqa: ARG005 - nobody measures
    ) -> None:
        """`observe_append` hears, on the writer's thread, how long a hand-over took until it was durable."""
        self._database = database
        self._log = log
        self._clock = clock
        self._observe_append = observe_append

    def record(self, hand_over: HandOver) -> Future[tuple[Outcome, ...]]:
        """Store a hand-over; resolves when it is durable, with one outcome for each arrival in order.

        Resolves to LogFullError when there is no room: nothing of it was stored then.
        """
        started = time.monotonic()
        recorded = self._database.submit(lambda connection: self._record(connection, hand_over))
        recorded.add_done_callback(lambda future: self._measure(future, started))
        return recorded

    def _measure(self, recorded: Future[tuple[Outcome, ...]], started: float) -> None:
        if not recorded.cancelled() and recorded.exception() is None:
            self._observe_append(time.monotonic() - started)

    def _record(self, connection: Connection, hand_over: HandOver) -> tuple[Outcome, ...]:
        # One transaction: a crash before its commit costs the whole hand-over, and the source, whose cursor
        # has not moved, hands it over again; a crash after it costs nothing.
        settlement = Settlement(connection, hand_over.source, self._clock())
        # 1. articles seen, items handled and rejected
        settlement.settle(hand_over.arrivals)
        # 2. events on the log
        outcomes = settlement.conclude(self._log.append_in(connection, settlement.events))
        # 3. the counters and the cursor
        total = tally(outcomes)
        ledger.count(connection, hand_over.source, total)
        if hand_over.advance is not None:
            progress = progress_rows.load(connection, hand_over.source)
            progress_rows.save(connection, hand_over.advance(progress, total))
        reach(Failpoint.INGEST_BEFORE_COMMIT)
        return outcomes

    def advance(self, source: str, change: Callable[[Progress], Progress]) -> Future[None]:
        """Change the progress of a source that handed over nothing."""

        def job(connection: Connection) -> None:
            progress_rows.save(connection, change(progress_rows.load(connection, source)))

        return self._database.submit(job)

    def recognise(self, fingerprints: Sequence[Fingerprint], source: str) -> list[Repeated | None]:
        """Say of each item whether it was handled before as it is, and what became of it."""
        with self._database.read() as connection:
            return [handled.recall(connection, each, source) for each in fingerprints]

    def progress(self, source: str) -> Progress:
        """Where a source stands."""
        with self._database.read() as connection:
            return progress_rows.load(connection, source)

    def all_progress(self) -> dict[str, Progress]:
        """Where every source stands, by source."""
        with self._database.read() as connection:
            return progress_rows.load_all(connection)

    def ledgers(self) -> dict[str, Ledger]:
        """How many items came in and how they ended, by source."""
        with self._database.read() as connection:
            return ledger.read(connection)

    def rejected(self, limit: int = 100, source: str | None = None) -> list[RejectedItem]:
        """The last rejected items, newest first; the last 10,000 are kept."""
        with self._database.read() as connection:
            return ledger.list_rejected(connection, limit, source)

    def known(self, arrivals: Sequence[Arrival]) -> list[Known | None]:
        """What is remembered here of the article that each arrival is about; None for what is no event."""
        with self._database.read() as connection:
            return [
                articles.find(connection, one.result, one.links)
                if isinstance(one.result, ArticleEvent)
                else None
                for one in arrivals
            ]

    def linked(self, url: str) -> str | None:
        """The event id of the article that has moved to this URL or was found at it; None if none did."""
        canonical = canonical_url(url)
        if canonical is None:
            return None
        with self._database.read() as connection:
            return articles.linked(connection, url_link(canonical))

    def identity(self) -> str:
        """Who this ingester is: the same as long as this file and the log in it."""
        with self._database.read() as connection:
            (found,) = connection.execute("SELECT id FROM ingest_self").fetchone() or ("",)
            return str(found)

    def take_over(self, progress: Iterable[Progress]) -> None:
        """Let sources stand where another reader left them; durable when it returns."""
        moved = list(progress)

        def job(connection: Connection) -> None:
            for one in moved:
                progress_rows.save(connection, one)

        if moved:
            self._database.write(job)

    def sightings(self, event_id: str) -> dict[str, datetime]:
        """The sources that had an article, with when they had it first."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT source, seen_at FROM ingest_sightings WHERE event_id = ? ORDER BY seen_at, source",
                (event_id,),
            )
            return {source: instant(at) for source, at in rows}

    def prune(self, keep: timedelta) -> int:
        """Forget articles and items that no source has shown for `keep`; at most 1,000 of each.

        Returns how many rows went; call again while that is not 0. `keep` must be longer than the log
        keeps its records, else an article that comes back is taken for one the log already holds.
        """
        before = stored(self._clock() - keep)
        return self._database.write(
            lambda connection: (
                handled.prune(connection, before, PRUNE_ROWS) + articles.prune(connection, before, PRUNE_ROWS)
            )
        )

    def stamps(self, source: str) -> dict[str, str]:
        """The files of a source that are done, by name, as they were then."""
        with self._database.read() as connection:
            return dict(
                connection.execute("SELECT name, stamp FROM ingest_files WHERE source = ?", (source,))
            )

    def mark(self, source: str, stamps: Mapping[str, str]) -> None:
        """Note files as done; returns when that is durable."""
        rows = [(source, name, stamp) for name, stamp in stamps.items()]
        self._database.write(
            lambda c: c.executemany("INSERT OR REPLACE INTO ingest_files VALUES (?, ?, ?)", rows)
        )

    def forget(self, source: str, names: frozenset[str]) -> None:
        """Drop files that are no longer there."""
        rows = [(source, name) for name in names]
        self._database.write(
            lambda c: c.executemany("DELETE FROM ingest_files WHERE source = ? AND name = ?", rows)
        )
