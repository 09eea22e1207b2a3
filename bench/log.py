"""How fast the embedded log takes and gives events, against the barest loop over the same file system.

The yardstick is one transaction of plain INSERTs of the same bytes, with one wait for the disk at its end:
what SQLite can do when nobody needs an answer. Ratios of one run hold across machines; figures do not.
"""

import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stream.db import Database
from stream.event import ArticleEvent, Mention, content_hash, encode, identity
from stream.log import Producer
from stream.sqlite.driver import connect
from stream.sqlite_log import SqliteLog

_WORDS = ("harbour", "ferry", "council", "minister", "strike", "treaty", "border", "river", "storm", "budget")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    name: str
    events: int
    seconds: float

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.events / self.seconds


def article(n: int) -> ArticleEvent:
    """An article of about 3 KB once encoded, like none before it."""
    text = " ".join(f"{_WORDS[(n * 7 + k * k) % len(_WORDS)]}{(n + k) % 97}" for k in range(280))
    mentions = tuple(
        Mention(country="NO", field="text", start=k * 90, end=k * 90 + 6, sentence=k, role="passing")
        for k in range(5)
    )
    return ArticleEvent(
        event_id=identity(f"https://news.example/{n}"),
        source="bench",
        url=f"https://news.example/{n}",
        title=f"{_WORDS[n % len(_WORDS)]} {n}",
        first_seen_at=datetime(2026, 3, 2, tzinfo=UTC),
        content_hash=content_hash(str(n), text),
        text=text,
        mentions=mentions,
    )


def bare(directory: Path, events: Sequence[ArticleEvent]) -> Figure:
    """Encode and insert, one transaction."""
    connection = connect(directory / "bare.db", busy_timeout_s=1)
    connection.execute("PRAGMA journal_mode = WAL").fetchall()
    connection.execute("CREATE TABLE records (offset INTEGER PRIMARY KEY, value BLOB NOT NULL)")
    started = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    for event in events:
        connection.execute("INSERT INTO records (value) VALUES (?)", (encode(event),))
    connection.execute("COMMIT")
    seconds = time.perf_counter() - started
    connection.close()
    return Figure("bare INSERT loop, one transaction", len(events), seconds)


def append(directory: Path, events: Sequence[ArticleEvent], batch: int, threads: int) -> Figure:
    """Append in batches, each durable before the thread goes on."""
    with Database(directory / f"append-{batch}-{threads}.db", SqliteLog.MIGRATIONS) as database:
        producer = SqliteLog(database).producer()
        batches = [events[first : first + batch] for first in range(0, len(events), batch)]
        with ThreadPoolExecutor(threads) as pool:
            started = time.perf_counter()
            list(
                pool.map(
                    lambda share: _append_all(producer, share), [batches[n::threads] for n in range(threads)]
                )
            )
            seconds = time.perf_counter() - started
    return Figure(f"append, batch {batch}, {threads} thread{'s' * (threads > 1)}", len(events), seconds)


def _append_all(producer: Producer, batches: Sequence[Sequence[ArticleEvent]]) -> None:
    for batch in batches:
        producer.append(batch)


def read(directory: Path, events: Sequence[ArticleEvent]) -> Figure:
    """Poll the log of the largest batches from its beginning, checking every row."""
    with Database(directory / "append-500-1.db", SqliteLog.MIGRATIONS) as database:
        consumer = SqliteLog(database).consumer("bench")
        started = time.perf_counter()
        count = 0
        while records := consumer.poll(500, timeout_s=0):
            count += len(records)
        seconds = time.perf_counter() - started
    assert count == len(events)
    return Figure("poll, 500 at a time", count, seconds)


def figures(directory: Path, scale: int) -> list[Figure]:
    """Measure everything; `scale` is the number of events of the large batches."""
    events = [article(n) for n in range(scale)]
    measured = [bare(directory, events)]
    for batch, count in ((1, scale // 10), (100, scale), (500, scale)):
        measured += [append(directory, events[:count], batch, threads) for threads in (1, 4)]
    return [*measured, read(directory, events)]


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as directory:
        measured = figures(Path(directory), 20_000)
    print(f"embedded log, synchronous=FULL, {len(encode(article(1)))} bytes an event")
    print(f"{'':36}{'events/s':>12}{'ratio':>8}")
    for figure in measured:
        print(f"{figure.name:36}{figure.rate:12,.0f}{figure.rate / measured[0].rate:8.2f}")


if __name__ == "__main__":
    main()
