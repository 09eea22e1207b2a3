"""The ledger check: whatever was done to the daemons, what they left behind must add up.

The oracle of every fault test. It knows what went in and what should come of it, from the articles alone;
it reads the state files when no daemon runs, and what reached the sinks.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg

from ingest.store.ingest_store import MIGRATIONS, IngestStore
from stream.db import Database
from stream.event import decode
from stream.log import Record
from stream.server import Server
from stream.sqlite.driver import connect
from stream.sqlite_log import SqliteLog
from stream.timing import utc_now

Wanted = tuple[str, str]
"""A rule and the URL of an article it should hold for."""

Ask = Callable[[str], Sequence[tuple[Any, ...]]]
"""Rows of a query."""

_SHOWN = 5
_PART = 1_000


@dataclass(frozen=True, slots=True)
class Reception:
    """One arrival at a sink, in the order of arrival; `life` numbers the process that sent it.

    `is_taken` is False where the sink answered with an injected failure, or not at all.
    """

    key: str
    rule: str
    url: str
    life: int
    is_taken: bool = True


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be found: articles acknowledged, alerts recorded, those of them sent, and by which sinks.

    `sinks` gives for each the number of sends it has under way at once.
    """

    urls: Collection[str]
    alerts: Collection[Wanted]
    sent: Collection[Wanted]
    sinks: Mapping[str, int]


@dataclass(slots=True)
class Verdict:
    """Figures for people, and every way in which the sums do not add up."""

    figures: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    def note(self, name: str, count: int) -> None:
        """A figure that may have any value."""
        self.figures[name] = count

    def none(self, name: str, found: Iterable[object]) -> None:
        """A figure that must be 0; what was found says why it is not."""
        items = sorted(map(str, found))
        self.figures[name] = len(items)
        if items:
            more = f" and {len(items) - _SHOWN} more" if len(items) > _SHOWN else ""
            self.violations.append(f"{name}: {', '.join(items[:_SHOWN])}{more}")


def audit(
    state: Path,
    expected: Expected,
    received: Mapping[str, Sequence[Reception]],
    server: Server | None = None,
) -> Verdict:
    """Check everything; `received` holds the receptions of each sink, `server` the alerts if there is one."""
    verdict = Verdict()
    verdict.note("articles acknowledged", len(set(expected.urls)))
    files = ["ingest.db"] if server else ["ingest.db", "alerts.db"]
    verdict.none("files unsound", [text for name in files for text in unsound(state / name)])
    _check_log(state / "ingest.db", expected, verdict)
    with asking(state, server) as ask:
        check_alerts(ask, expected, verdict)
    for sink, at_once in expected.sinks.items():
        arrivals = check_arrivals(sink, expected, received.get(sink, ()), verdict)
        _check_repeats(sink, at_once, arrivals, verdict)
    return verdict


def unsound(path: Path) -> list[str]:
    """What SQLite finds wrong with a file."""
    connection = connect(path, busy_timeout_s=10)
    try:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    finally:
        connection.close()
    return [f"{path.name}: {text}" for text in [*found, *map(str, broken)] if text != "ok"]


@contextmanager
def asking(state: Path, server: Server | None = None) -> Iterator[Ask]:
    """Ask the database of alerts: the file under `state`, or PostgreSQL where `server` says so."""
    if server is not None:
        with psycopg.connect(server.url, autocommit=True) as postgres:
            yield lambda sql: postgres.execute(sql.encode()).fetchall()
        return
    connection = connect(state / "alerts.db", busy_timeout_s=10, read_only=True)
    try:
        yield lambda sql: connection.execute(sql).fetchall()
    finally:
        connection.close()


def pending(state: Path, server: Server | None = None) -> tuple[int, int]:
    """What is still under way: records not matched yet, and deliveries not settled."""
    ingest = connect(state / "ingest.db", busy_timeout_s=10, read_only=True)
    try:
        (end,) = ingest.execute("SELECT coalesce(max(offset), 0) + 1 FROM log_records").fetchone() or (1,)
    finally:
        ingest.close()
    with asking(state, server) as ask:
        ((next_,),) = ask("SELECT coalesce(max(next_offset), 1) FROM positions")
        ((unsettled,),) = ask("SELECT count(*) FROM deliveries WHERE settled_at IS NULL")
    return int(str(end)) - max(1, int(str(next_))), int(str(unsettled))


def stored_urls(state: Path) -> set[str]:
    """The articles on the embedded log."""
    with Database(state / "ingest.db", [*SqliteLog.MIGRATIONS, *MIGRATIONS]) as database:
        return {decode(record.value).url or "" for record in _records(SqliteLog(database))}


def _check_log(path: Path, expected: Expected, verdict: Verdict) -> None:
    with Database(path, [*SqliteLog.MIGRATIONS, *MIGRATIONS]) as database:
        log = SqliteLog(database)
        found = Counter(decode(record.value).url or "" for record in _records(log))
        ledgers = IngestStore(database, log, utc_now).ledgers()
    wanted = set(expected.urls)
    verdict.none("articles lost", wanted - found.keys())
    verdict.none("articles never sent", found.keys() - wanted)
    verdict.none("articles on the log twice", [url for url, count in found.items() if count > 1])
    verdict.none("sources out of balance", [name for name, one in ledgers.items() if not one.is_balanced])
    verdict.note("items in", sum(one.items_in for one in ledgers.values()))
    verdict.note("items that were duplicates", sum(one.duplicate for one in ledgers.values()))
    verdict.none(
        "items rejected", [f"{name} {dict(one.rejected)}" for name, one in ledgers.items() if one.rejected]
    )


def _records(log: SqliteLog) -> Iterator[Record]:
    """The whole log, a part at a time: one read gives a bounded number of bytes."""
    offset = 0
    while records := log.read(offset, _PART):
        yield from records
        offset = records[-1].offset + 1


def check_alerts(ask: Ask, expected: Expected, verdict: Verdict) -> None:
    seen = {str(row[0]) for row in ask("SELECT event_id FROM inbox")}
    rows = ask("SELECT a.rule, e.encoded FROM alerts a JOIN alert_events e USING (event_id, revision)")
    raised = [(str(rule), decode(bytes(encoded)).url or "") for rule, encoded in rows]
    dead = ask("SELECT kind, reason, detail FROM dead_letters")
    counts = ask("SELECT state, count(*) FROM deliveries GROUP BY state")
    verdict.none("articles not matched", range(max(0, len(set(expected.urls)) - len(seen))))
    verdict.note("alerts expected", len(set(expected.alerts)))
    verdict.none("alerts lost", set(expected.alerts) - set(raised))
    verdict.none("alerts not expected", set(raised) - set(expected.alerts))
    verdict.none("alerts raised twice", [pair for pair, count in Counter(raised).items() if count > 1])
    verdict.none("dead letters", dead)
    verdict.none("deliveries not settled", [row for row in counts if row[0] != "delivered"])


Arrivals = Mapping[Wanted, Sequence[Reception]]
"""What reached a sink, by the alert it was about."""


def check_arrivals(
    sink: str, expected: Expected, received: Sequence[Reception], verdict: Verdict
) -> Arrivals:
    """Everything due arrived, nothing else did, and each alert under one key of its own."""
    by_pair: dict[Wanted, list[Reception]] = defaultdict(list)
    for reception in received:
        by_pair[reception.rule, reception.url].append(reception)
    taken = {pair for pair, arrivals in by_pair.items() if any(one.is_taken for one in arrivals)}
    keys = {pair: {one.key for one in arrivals} for pair, arrivals in by_pair.items()}
    verdict.note(f"{sink}: received", len(received))
    verdict.none(f"{sink}: never received", set(expected.sent) - taken)
    verdict.none(f"{sink}: not expected", by_pair.keys() - set(expected.sent))
    verdict.none(f"{sink}: with several keys", [pair for pair, own in keys.items() if len(own) > 1])
    shared = Counter(key for own in keys.values() for key in own)
    verdict.none(f"{sink}: keys of several alerts", [key for key, count in shared.items() if count > 1])
    return by_pair


def _check_repeats(sink: str, at_once: int, by_pair: Arrivals, verdict: Verdict) -> None:
    """Repeats after a success have one cause: the process died between the send and its settlement.

    So what one life repeats of another is at most what that had under way when it died, and no life
    repeats what it had been thanked for itself.
    """
    repeats = [pair for arrivals in by_pair.values() for pair in pairwise(arrivals)]
    of_dead: Counter[int] = Counter(before.life for before, _ in repeats if before.is_taken)
    verdict.note(f"{sink}: refused, so sent again", sum(not before.is_taken for before, _ in repeats))
    verdict.note(f"{sink}: in flight at a kill, so sent again", of_dead.total())
    verdict.none(
        f"{sink}: sent again for no reason",
        [(now.rule, now.url) for before, now in repeats if before.is_taken and before.life == now.life],
    )
    verdict.none(
        f"{sink}: more sent again than was in flight",
        [f"{count} of life {life}" for life, count in of_dead.items() if count > at_once],
    )
