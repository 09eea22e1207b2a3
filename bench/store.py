"""What a full store costs beside a small one: `python -m bench.store [--events N] [--alerts N]`.

Two folders of the shipped configuration whose first article and first alert are copied, to a few thousand or
to a million and two hundred thousand. Each is asked the same in turn; what is printed is full over small, and
about 1 for all that need not grow.
"""

import argparse
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite

from alerts.batch import Batch, NewAlert
from alerts.store.database import open_sqlite
from alerts.store.ledger import Ledger
from alerts.store.retention import Retention
from bench.goals import Goal, tell
from bench.startup import shipped_site
from ingest.store.ingest_store import MIGRATIONS, IngestStore
from stream.db import Database
from stream.sqlite_log import SqliteLog
from stream.timing import utc_now
from tests.support.alerting import make_alert, make_event
from tests.support.command import installed
from tests.support.daemon import Daemon, Site
from tests.support.waiting import wait_for

PAGES = ("/", "/alerts", "/alerts?rule=ir-tr-military-cooperation", "/v1/alerts", "/sources", "/metrics")
COMMANDS = ("outbox list -n 20", "outbox list --state pending", "sources health")
SMALL = (10_000, 10_000)
YEAR_US = 365 * 86_400 * 1_000_000

_RECORDS = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
INSERT INTO log_records (partition, event_id, revision, key, codec, value, checksum, appended_at)
SELECT partition, printf('%026d', i), 1, printf('%026d', i), codec, value, checksum,
  appended_at - (:count - i) * 1000
FROM n, (SELECT * FROM log_records ORDER BY offset LIMIT 1)"""
# What was copied is now the newest, however it came to be: the log is in the order of time again.
_OLDEST = """
UPDATE log_records SET appended_at = (SELECT min(appended_at) FROM log_records)
WHERE event_id NOT LIKE '0000000000%'"""
_SUMS = "UPDATE log_topic SET rows = rows + :count, appended = appended + :count"
_ARTICLES = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
INSERT INTO ingest_articles
  (event_id, content_hash, revision, first_seen_at, body_kind, window_started_at, seen_at)
SELECT printf('%026d', i), content_hash, 1, first_seen_at, body_kind, window_started_at, seen_at
FROM n, (SELECT * FROM ingest_articles LIMIT 1)"""
_INBOX = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
INSERT INTO inbox SELECT printf('%026d', i), 1, seen_at FROM n, (SELECT seen_at FROM inbox LIMIT 1)"""
_EVENTS = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
INSERT INTO alert_events
SELECT printf('%026d', i), 1, encoded FROM n, (SELECT encoded FROM alert_events LIMIT 1)"""


def grow(state: Path, events: int, alerts: int) -> None:
    """Copy the first article and the first alert, over two years, the newest of them an hour old."""
    with closing(sqlite.connect(state / "ingest.db")) as log:
        for statement in (_RECORDS, _SUMS, _ARTICLES):
            log.execute(statement, {"count": events})
        log.execute(_OLDEST)
        log.execute("UPDATE log_positions SET position = (SELECT max(offset) + 1 FROM log_records)")
        log.commit()
    with closing(sqlite.connect(state / "alerts.db")) as found:
        found.execute(_INBOX, {"count": events})
        found.execute(_EVENTS, {"count": alerts})
        found.execute(
            _copy(found, "alerts", alert_id="printf('%032x', i)", event_id="printf('%026d', i)"),
            {
                "count": alerts,
                "span": 2 * YEAR_US // alerts,
            },
        )
        found.execute(
            _copy(found, "deliveries", delivery_key="printf('%032x', i)", alert_id="printf('%032x', i)"),
            {
                "count": alerts,
                "span": 2 * YEAR_US // alerts,
            },
        )
        (end,) = (
            sqlite.connect(state / "ingest.db").execute("SELECT max(offset) + 1 FROM log_records").fetchone()
        )
        found.execute("UPDATE positions SET next_offset = ?", (end,))
        found.commit()


def _copy(connection: sqlite.Connection, table: str, **made: str) -> str:
    """Write the statement that copies a table's first row, its instants spread into the past."""
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    past = {
        name: f"{name} - 3600000000 - i * :span"
        for name in columns
        if name in {"created_at", "settled_at", "queued_at"}
    }
    values = ", ".join({**past, **made}.get(name, name) for name in columns)
    return (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) "  # noqa: S608  our own
        f"INSERT INTO {table} ({', '.join(columns)}) "
        f"SELECT {values} FROM n, (SELECT * FROM {table} ORDER BY created_at LIMIT 1)"
    )


def ms(work: Callable[[], object], times: int) -> float:
    """The median duration, in milliseconds; the first is left out."""
    took = []
    for _ in range(times + 1):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took[1:])


def ask(site: Site) -> dict[str, float]:
    """Start on a store and ask it everything."""
    began = time.perf_counter()
    with site.running() as daemon:
        daemon.wait_until_ready(120)
        found = {"start-up to ready": (time.perf_counter() - began) * 1000}
        for page in PAGES:
            found[page] = ms(lambda page=page: daemon.get(page), 15)  # type: ignore[misc]  # bound at once
        found["push to alert"] = _push_to_alert(daemon, site)
        environment = {
            **os.environ,
            "WIREWATCH_CONFIG_DIR": str(site.config),
            "WIREWATCH_STATE_DIR": str(site.state),
        }
        for command in COMMANDS:
            argv = [*installed(), *command.split()]
            found[f"wirewatch {command}"] = ms(
                lambda argv=argv: subprocess.run(argv, check=True, capture_output=True, env=environment),  # type: ignore[misc]  # bound at once
                3,
            )
        daemon.end()
    return {**found, **_store(site)}


def _push_to_alert(daemon: Daemon, site: Site) -> float:
    file, number = site.folder / "alerts.jsonl", iter(range(1_000_000))

    def push() -> None:
        title = (
            f"Iran and Turkey agree to increase military cooperation, part {next(number)} of {time.time_ns()}"
        )
        before = file.read_bytes().count(b"\n") if file.exists() else 0
        answer = daemon.push([{"title": title, "text": f"{title}. It was signed."}])
        assert answer.status == 202, answer.text
        wait_for(lambda: file.exists() and file.read_bytes().count(b"\n") > before)

    return ms(push, 15)


def _store(site: Site) -> dict[str, float]:
    """The database of alerts alone: storing a batch, and removing the oldest."""
    database = open_sqlite(site.state / "alerts.db")
    ledger, retention = Ledger(database, "bench", "articles"), Retention(database)
    names = iter(range(1_000_000))

    def commit() -> None:
        alert = make_alert(make_event(f"bench {next(names)}"))
        batch = Batch(alerts=(NewAlert(alert, ((f"{alert.alert_id}-file", "file"),)),))
        ledger.commit(batch, {}, {}, utc_now())

    found = {"match commit": ms(commit, 30)}
    found["retention, 500 alerts"] = ms(lambda: retention.remove(utc_now() - timedelta(days=400)), 5)
    database.close()
    return {**found, **_log(site)}


def _log(site: Site) -> dict[str, float]:
    """The log and the memory of ingest: how far its readers are, and removing the oldest records."""
    with Database(site.state / "ingest.db", (*SqliteLog.MIGRATIONS, *MIGRATIONS)) as database:
        log = SqliteLog(database)
        store = IngestStore(database, log, utc_now)

        def retain() -> None:
            oldest_at = log.size().oldest_at
            assert oldest_at is not None
            log.retain(oldest_at + timedelta(seconds=1), None)

        return {
            "lag of a reader": ms(log.lags, 15),
            "retention, 1,000 records": ms(retain, 5),
            "forgetting articles, none old": ms(lambda: store.prune(timedelta(days=45)), 5),
        }


@contextmanager
def started_site() -> Iterator[Site]:
    """A site whose first start has left an article and an alert."""
    with shipped_site() as site:
        site.write("routes.yaml", "sinks:\n  file: {kind: file, path: alerts.jsonl}\ndefault: [file]\n")
        with site.running() as daemon:
            wait_for((site.folder / "alerts.jsonl").exists, 60)
            daemon.end()
        yield site


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--alerts", type=int, default=200_000)
    options = parser.parse_args()
    with started_site() as small, started_site() as full:
        grow(small.state, *SMALL)
        grow(full.state, options.events, options.alerts)
        found = {"small": ask(small), "full": ask(full)}
    print(f"{'ms':44}{'small':>10}{'full':>10}{'ratio':>8}")
    for name, value in found["small"].items():
        print(f"{name:44}{value:10.1f}{found['full'][name]:10.1f}{found['full'][name] / value:8.2f}")
    for name in ("/", "/alerts", "/v1/alerts"):
        ratio = round(found["full"][name] / found["small"][name], 2)
        tell(
            Goal(f"{name} with {options.alerts:,} alerts, over a small store", ratio, "x", 2.0, is_limit=True)
        )


if __name__ == "__main__":
    main()
