"""No statement of the product reads a whole table that grows: every one is explained by its database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from alerts.batch import Batch, DeadRecord
from alerts.outbox import Outbox
from alerts.store.archive import Archive
from alerts.store.database import Database
from alerts.store.dead_letters import DeadLetters
from alerts.store.ledger import Ledger
from alerts.store.retention import Retention
from alerts.store.search import place_of
from alerts.store.wanted import Wanted
from tests.alerts.test_ledger import make_batch
from tests.alerts.test_retention import settle
from tests.support.alerting import NOON, make_alert, make_event, make_record

GROWING = ("alerts", "alert_events", "deliveries", "inbox", "dead_letters")
# Indexes that hold a few rows only: what is unsettled, given up, or asked for again.
PARTIAL = ("ix_deliveries_due", "ix_deliveries_dead", "ix_dead_letters_retry")

WANTED = [
    replace(wanted, since=since, until=until, words=words)
    for wanted in (
        Wanted(),
        Wanted(rule="pact"),
        Wanted(severity="high"),
        Wanted(status="live"),
        Wanted(watchlist="w"),
    )
    for since in (None, NOON)
    for until in (None, NOON + timedelta(days=1))
    for words in ("", "pact")
]

Asked = dict[str, Any]


@contextmanager
def traced(database: Database) -> Iterator[Asked]:
    """What is asked of the database, by statement, with the parameters it had last."""
    asked: Asked = {}

    def note(
        _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: Any
    ) -> None:
        if parameters or "SELECT" in statement:
            asked[statement] = parameters[0] if many else parameters

    engines = {database._writer, database._reader}
    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        for engine in engines:
            sa.event.remove(engine, "before_cursor_execute", note)


def work(database: Database) -> None:
    """Everything that the store does in a day."""
    ledger, outbox, archive = Ledger(database, "alerts", "articles"), Outbox(database), Archive(database)
    letters, retention = DeadLetters(database), Retention(database)
    position = ledger.adopt(0, NOON)
    ledger.commit(make_batch("one"), {0: position}, {0: 8}, NOON)
    ledger.commit(Batch(dead=(DeadRecord("invalid_json", "", make_record(b"{", 8)),)), {}, {}, NOON)
    ledger.seen([(make_event("one").event_id, 1)])
    ledger.known_alerts([make_alert(make_event("one")).alert_id])
    ledger.prune_inbox(NOON, 10)
    settle(database, "desk", NOON)
    outbox.expire("desk", NOON)
    outbox.give_up("desk", NOON, NOON)
    outbox.next_due("desk")
    outbox.retry("key-one", NOON)
    outbox.backlog()
    look(archive, letters)
    letters.retry(1, NOON)
    letters.retry(2, NOON)
    ledger.retries(10)
    settle(database, "desk", NOON + timedelta(hours=1))
    retention.remove(NOON + timedelta(days=400))


def look(archive: Archive, letters: DeadLetters) -> None:
    """Every list and page."""
    (newest,) = archive.alerts(limit=1)
    for after in (None, place_of(newest.alert)):
        for wanted in WANTED:
            archive.find(wanted, after=after)
    archive.alert(newest.alert.alert_id)
    archive.deliveries(newest.alert.alert_id)
    archive.lately(NOON)
    archive.rule_stats()
    for sink, state in (
        ("", ""),
        ("desk", ""),
        ("", "dead"),
        ("desk", "dead"),
        ("", "pending"),
        ("desk", "pending"),
    ):
        archive.outbox(sink=sink, state=state)
    for kind, reason in (("", ""), ("record", ""), ("", "invalid_json"), ("record", "invalid_json")):
        letters.list(kind=kind, reason=reason)
    letters.show(1)


def scans_sqlite(database: Database, statement: str, parameters: Any) -> list[str]:
    with database.read() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    steps = [str(row[-1]) for row in plan]
    is_cut = "LIMIT" in statement and not any("TEMP B-TREE" in step for step in steps)  # read from one end
    scans = [step for step in steps if step.startswith("SCAN") and not (is_cut and "INDEX" in step)]
    return [step for step in scans if _grows(step.split()[1], step)]


def scans_postgres(database: Database, statement: str, parameters: Any) -> list[str]:
    """With sequential scans all but forbidden one that is left has no index that would do."""
    with database.read() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars().all()
    return [step for step in plan if "Seq Scan on" in step and _grows(step.split("Seq Scan on ")[1], step)]


def _grows(name: str, step: str) -> bool:
    word, *_ = name.split()
    table = {"a": "alerts", "d": "deliveries", "e": "alert_events"}.get(word, word)
    return table in GROWING and not any(index in step for index in PARTIAL)


@pytest.mark.parametrize("scans", [scans_sqlite, scans_postgres], ids=["sqlite", "postgres"])
def test_given_a_day_of_work_when_its_statements_are_explained_then_none_reads_a_whole_table(
    scans: Any, request: pytest.FixtureRequest
) -> None:
    name = scans.__name__.removeprefix("scans_")
    database: Database = request.getfixturevalue(f"{name}_database")
    with traced(database) as asked:
        work(database)

    explained = {
        one: at for one, at in asked.items() if one.split()[0] in {"SELECT", "UPDATE", "DELETE", "WITH"}
    }
    found = {one: scans(database, one, at) for one, at in explained.items()}

    assert len(explained) > 30
    assert {one: steps for one, steps in found.items() if steps} == {}
