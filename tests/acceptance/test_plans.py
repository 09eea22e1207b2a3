"""No statement that the product runs on SQLite reads a whole table that grows.

A daemon, its pages, its API and the commands are traced while they work, and each plan is asked of the
database that they leave. (Of PostgreSQL: `tests/alerts/test_plans.py`.)
"""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite

from alerts.store.archive import Archive
from alerts.store.database import open_sqlite
from alerts.store.retention import Retention
from ingest.store.ingest_store import MIGRATIONS, IngestStore
from stream.db import Database
from stream.sqlite_log import SqliteLog
from stream.timing import utc_now
from tests.acceptance.conftest import MISS, OTHER, STORY, drop
from tests.support.daemon import Daemon, Site
from tests.support.ledger import pending
from tests.support.traced import traced, tracing, tracing_environment
from tests.support.waiting import wait_for
from wirewatch.cli.entry import run

GROWING = frozenset(
    """
    alerts alert_events deliveries inbox dead_letters
    log_records ingest_articles ingest_links ingest_sightings ingest_handled ingest_rejected ingest_files
    """.split()
)
# Holds what is unsettled: as many as wait, whatever is stored.
SMALL_INDEXES = ("ix_deliveries_due", "ix_deliveries_dead", "ix_dead_letters_retry")
# Nearly all deliveries are delivered: the newest fifty are found at once.
OF_NEARLY_ALL = "state = 'delivered' ORDER BY created_at DESC"
PAGES = """
/ /alerts /alerts?rule=ir-tr /alerts?severity=high /alerts?status=live /sources /sources/inbox /sources/push
/rules /rules/ir-tr /dead-letters /dead-letters?kind=record /metrics /readyz
/v1/alerts /v1/alerts?limit=1 /v1/alerts?country=IR /v1/alerts?watchlist=mideast /v1/alerts?since=2026-01-01
""".split()
COMMANDS = (
    "alerts list",
    "alerts list --rule ir-tr",
    "outbox list",
    "outbox list --sink console",
    "outbox list --state delivered",
    "outbox list --state dead",
    "outbox list --state pending",
    "outbox list --sink console --state delivered",
    "dead-letters list",
    "dead-letters list --kind delivery",
    "dead-letters list --reason invalid_json",
    "dead-letters retry 1",
    "outbox retry nothing",
    "sources health",
    "doctor",
)
LINKED = re.compile(r'href="(/(?:alerts|sources)[^"]+)"')


def look(daemon: Daemon) -> None:
    """Every page, every filter, and what they link to."""
    for page in PAGES:
        answer = daemon.get(page)
        assert answer.status in {200, 503}, page
        for link in sorted(set(LINKED.findall(answer.text)))[:10]:
            daemon.get(link.replace("&amp;", "&"))
    behind = daemon.get("/v1/alerts?limit=1").json()["next"]
    for filters in (
        "",
        "&rule=ir-tr",
        "&severity=high",
        "&status=live",
        "&country=IR",
        "&q=military",
        "&watchlist=mideast",
    ):
        assert daemon.get(f"/v1/alerts?cursor={behind}{filters}").status == 200, filters


def ask(site: Site) -> None:
    """Every command that looks at the state that the daemon left; called here, to save their starts."""
    database = open_sqlite(site.state / "alerts.db")
    (newest,) = Archive(database).alerts(limit=1)
    database.close()
    alert_id = newest.alert.alert_id
    where = ["--config", str(site.config), "--state-dir", str(site.state)]
    for command in (*COMMANDS, f"alerts show {alert_id}", f"rules explain ir-tr {alert_id}"):
        assert run([*command.split(), *where]) in {0, 1}, command


def remove_old(state: Path) -> None:
    """What the daemon does once an hour, and not in its first: as if a year had passed."""
    later = utc_now() + timedelta(days=500)
    with Database(state / "ingest.db", (*SqliteLog.MIGRATIONS, *MIGRATIONS)) as log_db:
        log = SqliteLog(log_db)
        store = IngestStore(log_db, log, lambda: later)
        assert log.retain(later, None) > 0
        assert store.prune(timedelta(days=45)) > 0
    database = open_sqlite(state / "alerts.db")
    assert Retention(database).remove(later) > 0
    database.close()


def whole_tables(database: sqlite.Connection, statement: str) -> Iterator[str]:
    """The steps of its plan that read a whole table that grows."""
    plan = [str(row[3]) for row in database.execute(f"EXPLAIN QUERY PLAN {statement}")]
    takes_all = "WHERE" not in statement or OF_NEARLY_ALL in statement
    if "LIMIT" in statement and takes_all and not any("TEMP B-TREE" in step for step in plan):
        return  # read from one end, and no further than the limit
    for step in plan:
        is_scan = step.startswith("SCAN ") and not any(index in step for index in SMALL_INDEXES)
        if is_scan and table_of(step.split()[1], statement) in GROWING:
            yield step


def table_of(name: str, statement: str) -> str:
    """The table that a plan calls by its alias."""
    found = re.search(rf"(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)\s+(?:AS\s+)?{name}\b", statement)
    return found[1] if found else name


def test_given_a_day_of_the_product_when_its_statements_are_explained_then_none_reads_a_whole_table(
    site: Site, tmp_path: Path
) -> None:
    trace = tmp_path / "statements.jsonl"
    with site.running(**tracing_environment(trace)) as daemon:
        daemon.push([STORY, MISS, OTHER, {"text": ""}, STORY])
        daemon.push({**STORY, "text": f"{STORY['text']} It was a Tuesday."})
        drop(site, "one.jsonl", '{"title": "Calm", "text": "Nothing happened at sea today, they said."}\n')
        daemon.out.wait(lambda line: "/pact" in line)
        daemon.out.wait(lambda line: "/drill" in line)
        wait_for(lambda: pending(site.state) == (0, 0))
        look(daemon)
        daemon.end()
    with tracing(trace):
        ask(site)
        remove_old(site.state)

    asked = {
        key: statement
        for key, statement in traced(trace).items()
        if statement.split()[0].upper() in {"SELECT", "UPDATE", "DELETE", "INSERT", "WITH"}
        and "sqlite_" not in statement
    }
    found: dict[str, list[str]] = {}
    for name in ("ingest.db", "alerts.db"):
        with closing(sqlite.connect(site.state / name)) as database:
            statements = [statement for (where, _), statement in asked.items() if where == name]
            assert len(statements) > 25, name
            found |= {one: steps for one in statements if (steps := list(whole_tables(database, one)))}

    assert found == {}
