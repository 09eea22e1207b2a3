"""The embedded log end to end: append → match → outbox, every commit on the disk (FULL).

    python -m bench.embedded [--events 20000] [--matcher module:factory] [--every 100]

`factory()` returns an object with `match(event)`; without it a stub raises an alert for one event in
`--every`. Prints one line of JSON: the matcher's stage alone, and everything at once on two threads; beside
them, as a yardstick of the machine, how fast the same records are merely decoded.
"""

import argparse
import importlib
import json
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry

from alerts.alert import Evidence, Match
from alerts.batch import Matcher
from alerts.consume import Consume, ConsumeConfig, Rules
from alerts.metrics import AlertMetrics
from alerts.store.archive import Archive
from alerts.store.database import open_sqlite
from alerts.store.ledger import Ledger
from stream.db import Database as LogDatabase
from stream.event import ArticleEvent, content_hash, decode, encode, identity
from stream.sqlite_log import SqliteLog
from stream.timing import utc_now

_BATCH = 500
_BODY = (
    "The ministers of Freedonia and Sylvania met for the third time this week. They agreed on little. " * 24
)


class EveryNth:
    """Stands in for the rules: one alert for one event in `every`."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._seen = 0

    def match(self, event: ArticleEvent) -> Sequence[Match]:
        """A match for each n-th call."""
        self._seen += 1
        if self._seen % self._every:
            return ()
        proof = Evidence("when", "title", event.title, 0, 5)
        return (Match("stub", "Stub", "bench", "low", (), event, (), None, (), (proof,)),)


class OneSink:
    """Routes everything to one sink."""

    def sinks_for(self, match: Match) -> tuple[str, ...]:
        """The sink."""
        del match
        return ("console",)


def articles(count: int) -> list[ArticleEvent]:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    return [
        ArticleEvent(
            event_id=identity(f"bench {number}"),
            source="bench",
            title=f"Article {number} of Freedonia",
            text=_BODY,
            first_seen_at=now,
            content_hash=content_hash(str(number), _BODY),
            language="en",
            url=f"https://news.example.org/{number}",
        )
        for number in range(count)
    ]


class Bench:
    """A log and a matcher's database in a folder."""

    def __init__(self, folder: Path, matcher: Matcher) -> None:
        self._log_database = LogDatabase(folder / "log.db", SqliteLog.MIGRATIONS)
        self.log = SqliteLog(self._log_database)
        self._database = open_sqlite(folder / "alerts.db")
        self.archive = Archive(self._database)
        self._consumer = self.log.consumer("alerts")
        self.consume = Consume(
            self._consumer,
            Ledger(self._database, "alerts", "articles"),
            Rules(matcher, OneSink()),
            AlertMetrics(CollectorRegistry()),
            utc_now,
            ConsumeConfig(max_records=_BATCH, poll_timeout_s=0.2),
        )

    def append(self, events: Sequence[ArticleEvent]) -> None:
        """Append them, a batch a transaction."""
        producer = self.log.producer()
        for start in range(0, len(events), _BATCH):
            producer.append(events[start : start + _BATCH])

    def read(self, count: int) -> None:
        """Match and store until `count` records are done."""
        while count > 0:
            count -= self.consume.step()

    def close(self) -> None:
        """Release the files."""
        self._consumer.close()
        self._database.close()
        self._log_database.close()


def seconds_apart(events: Sequence[ArticleEvent], matcher: Matcher) -> tuple[float, float, int]:
    """Seconds to append, then to read, match and store; and the alerts that came of it."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), matcher)
        started = time.perf_counter()
        bench.append(events)
        appended = time.perf_counter()
        bench.read(len(events))
        stored = time.perf_counter()
        alerts = sum(bench.archive.counts().values())
        bench.close()
    return appended - started, stored - appended, alerts


def seconds_together(events: Sequence[ArticleEvent], matcher: Matcher) -> float:
    """Seconds from the first append to the last position, both at once."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), matcher)
        appending = threading.Thread(target=bench.append, args=[events])
        started = time.perf_counter()
        appending.start()
        bench.read(len(events))
        elapsed_s = time.perf_counter() - started
        appending.join()
        bench.close()
    return elapsed_s


def seconds_to_decode(events: Sequence[ArticleEvent]) -> float:
    values = [encode(event) for event in events]
    started = time.perf_counter()
    for value in values:
        decode(value)
    return time.perf_counter() - started


def report(count: int, matcher: Matcher) -> dict[str, float]:
    """Events a second of each part, and what part of the decode loop's speed the whole reaches."""
    events = articles(count)
    append_s, store_s, alerts = seconds_apart(events, matcher)
    together_s = seconds_together(events, matcher)
    decode_s = seconds_to_decode(events)
    return {
        "events": count,
        "alerts": alerts,
        "decode_only_per_s": round(count / decode_s),
        "append_per_s": round(count / append_s),
        "match_and_store_per_s": round(count / store_s),
        "end_to_end_per_s": round(count / together_s),
        "end_to_end_to_decode_ratio": round(decode_s / together_s, 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--every", type=int, default=100)
    parser.add_argument("--matcher", help="module:factory")
    options = parser.parse_args()
    matcher: Matcher = EveryNth(options.every)
    if options.matcher:
        module, _, factory = options.matcher.partition(":")
        matcher = getattr(importlib.import_module(module), factory)()
    json.dump(report(options.events, matcher), sys.stdout)
    print()


if __name__ == "__main__":
    main()
