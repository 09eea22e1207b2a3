"""The embedded log end to end: append → match → outbox, every commit on the disk (FULL), 1,000 rules.

    python -m bench.embedded [--events 20000] [--rules 1000]

The matcher is the real one. Measured are its stage alone, and everything at once on two threads; beside them,
as yardsticks of the machine, how fast the same records are merely decoded, and decoded and matched.
"""

import argparse
import gc
import json
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
from prometheus_client import CollectorRegistry

from alerts.alert import Match
from alerts.batch import Matcher
from alerts.consume import Consume, ConsumeConfig, Rules
from alerts.match.compile import compile_rules
from alerts.metrics import AlertMetrics
from alerts.store.archive import Archive
from alerts.store.database import open_sqlite
from alerts.store.ledger import Ledger
from bench.goals import Goal, tell
from bench.match_world import World
from stream.db import Database as LogDatabase
from stream.event import ArticleEvent, decode, encode, identity
from stream.sqlite_log import SqliteLog
from stream.timing import utc_now

_BATCH = 500
_ARTICLES = 400  # different ones; each comes again under other ids
_EVENTS_PER_S = 5_000


class OneSink:
    """Routes everything to one sink."""

    def sinks_for(self, match: Match) -> tuple[str, ...]:
        """The sink."""
        del match
        return ("console",)


def articles(world: World, count: int) -> list[ArticleEvent]:
    """Events of about 4 KB, no two with one id."""
    texts = world.events(min(count, _ARTICLES))
    return [
        msgspec.structs.replace(texts[number % len(texts)], event_id=identity(f"bench {number}"))
        for number in range(count)
    ]


def rules(world: World, count: int) -> Matcher:
    """The real matcher with rules that at 1,000 hold for about one event in 25."""
    written = world.rules(count, world.events(_ARTICLES))
    return compile_rules(written, world.themes, world.labels)


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


def seconds_together(events: Sequence[ArticleEvent], matcher: Matcher) -> tuple[float, float]:
    """Seconds, and of the processor, from the first append to the last position, both at once."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), matcher)
        appending = threading.Thread(target=bench.append, args=[events])
        started, started_cpu = time.perf_counter(), time.process_time()
        appending.start()
        bench.read(len(events))
        elapsed_s, cpu_s = time.perf_counter() - started, time.process_time() - started_cpu
        appending.join()
        bench.close()
    return elapsed_s, cpu_s


def seconds_bare(events: Sequence[ArticleEvent], matcher: Matcher) -> tuple[float, float]:
    """Seconds to decode all, and to decode and match all: in memory, on one thread."""
    values = [encode(event) for event in events]
    started = time.perf_counter()
    for value in values:
        decode(value)
    decoded = time.perf_counter()
    for value in values:
        matcher.match(decode(value))
    return decoded - started, time.perf_counter() - decoded


def report(count: int, rule_count: int) -> dict[str, float]:
    """Events a second of each part, and what part of the decode loop's speed the whole reaches."""
    world = World()
    matcher = rules(world, rule_count)
    events = articles(world, count)
    gc.collect()
    gc.freeze()
    append_s, store_s, alerts = seconds_apart(events, matcher)
    together_s, cpu_s = seconds_together(events, matcher)
    decode_s, match_s = seconds_bare(events, matcher)
    return {
        "events": count,
        "rules": rule_count,
        "alerts": alerts,
        "decode_per_s": round(count / decode_s),
        "decode_and_match_per_s": round(count / match_s),
        "append_per_s": round(count / append_s),
        "match_and_store_per_s": round(count / store_s),
        "end_to_end_per_s": round(count / together_s),
        "end_to_end_cpu_us": round(cpu_s / count * 1e6, 1),  # one event; says more on a busy machine
        "end_to_end_to_decode_ratio": round(decode_s / together_s, 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--rules", type=int, default=1_000)
    options = parser.parse_args()
    found = report(options.events, options.rules)
    json.dump(found, sys.stdout)
    print()
    name = f"embedded end to end, {options.rules:,} rules"
    tell(Goal(name, found["end_to_end_per_s"], "events/s", _EVENTS_PER_S))


if __name__ == "__main__":
    main()
