"""What only PostgreSQL has: many processes, connections that break, a server that restarts."""

import threading
from collections import Counter

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from alerts.batch import Batch, NewAlert
from alerts.outbox import Outbox
from alerts.store.archive import Archive
from alerts.store.database import Database
from alerts.store.ledger import Ledger
from alerts.store.postgres import attach_postgres, open_postgres
from alerts.store.tables import metadata
from stream.errors import StateError, UnavailableError
from stream.postgres import translated
from stream.server import Server
from tests.alerts.far import REFUSED, SECRET, batch_of
from tests.support.alerting import NOON, make_alert, make_event


@pytest.mark.parametrize(
    ("said", "kind", "todo"),
    [
        ("FATAL:  the database system is starting up", UnavailableError, "starting or stopping"),
        ("FATAL:  the database system is not yet accepting connections", UnavailableError, "starting"),
        ("FATAL:  the database system is shutting down", UnavailableError, "starting or stopping"),
        ("FATAL:  sorry, too many clients already", UnavailableError, "max_connections"),
        ('FATAL:  database "x" does not exist', StateError, "createdb"),
        ('FATAL:  role "x" does not exist', StateError, "may not connect"),
        ("Connection refused", UnavailableError, "see that it runs"),
    ],
)
def test_given_what_the_server_says_to_who_connects_when_translated_then_it_says_what_to_do(
    said: str, kind: type[StateError], todo: str
) -> None:
    found = translated(psycopg.OperationalError(f"connection failed: {said}"), "here")

    assert type(found) is kind
    assert todo in str(found)


def test_given_an_empty_database_when_many_open_it_at_once_then_it_is_migrated_once(
    empty_postgres: Server,
) -> None:
    failures: list[Exception] = []

    def open_it() -> None:
        try:
            open_postgres(empty_postgres).close()
        except Exception as error:  # noqa: BLE001 # told below
            failures.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert failures == []
    database = open_postgres(empty_postgres)
    with database.read() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), metadata)
    database.close()
    assert difference == []


def test_given_no_tables_or_newer_ones_when_opened_then_the_error_says_what_to_do(
    empty_postgres: Server,
) -> None:
    with pytest.raises(StateError, match=r"missing, wanted r0.*start the service first"):
        attach_postgres(empty_postgres)
    database = open_postgres(empty_postgres)
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'r9999'"))
    database.close()

    with pytest.raises(StateError, match="newer version"):
        open_postgres(empty_postgres)


@pytest.mark.parametrize(
    ("server", "said"),
    [
        (REFUSED, "database.url"),
        (Server("postgresql://127.0.0.1:1/news", SECRET), "127.0.0.1:1/news"),
    ],
)
def test_given_no_server_when_opened_then_the_error_names_it_and_no_secret(server: Server, said: str) -> None:
    with pytest.raises(StateError, match=said) as caught:
        open_postgres(server)

    told = [str(caught.value), repr(caught.value.__cause__), str(caught.value.__cause__), repr(server)]
    assert not [text for text in told if SECRET in text]


def test_given_a_database_that_is_not_there_when_opened_then_the_error_says_to_make_it(
    empty_postgres: Server,
) -> None:
    with pytest.raises(StateError, match="make the database first"):
        open_postgres(Server(f"{empty_postgres.url}&dbname=nowhere"))


def test_given_a_session_when_looked_at_then_commits_are_durable_and_nothing_waits_for_ever(
    postgres_database: Database,
) -> None:
    names = ("synchronous_commit", "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    with postgres_database.write() as connection:
        found = [connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in names]

    assert found == ["on", "10s", "3s", "30s"]


def test_given_a_reader_when_somebody_writes_then_it_sees_one_snapshot_and_cannot_write(
    postgres_database: Database,
) -> None:
    count = sa.text("SELECT COUNT(*) FROM rule_stats")
    insert = sa.text("INSERT INTO rule_stats VALUES ('a', 1, 2)")
    with postgres_database.read() as reader:
        before = reader.execute(count).scalar_one()
        with postgres_database.write() as writer:
            writer.execute(insert)
        after = reader.execute(count).scalar_one()

    assert (before, after) == (0, 0)
    with pytest.raises(Exception, match="read-only"), postgres_database.read() as reader:
        reader.execute(insert)


def test_given_a_server_that_only_reads_when_written_to_then_the_error_says_what_to_do(
    postgres_database: Database,
) -> None:
    def write() -> None:
        with postgres_database.write() as connection:
            connection.execute(sa.text("SET TRANSACTION READ ONLY"))
            connection.execute(sa.text("INSERT INTO rule_stats VALUES ('a', 1, 2)"))

    with pytest.raises(UnavailableError, match="target_session_attrs"):
        write()


def test_given_a_nul_in_a_text_when_stored_then_it_stops_nobody(postgres_database: Database) -> None:
    alert = make_alert(make_event("a"), rule_title="a\0b")

    Ledger(postgres_database, "alerts", "articles").commit(Batch(alerts=(NewAlert(alert, ()),)), {}, {}, NOON)

    assert [one.alert.match.rule_title for one in Archive(postgres_database).alerts()] == ["a�b"]


def test_given_a_locked_row_when_written_then_it_gives_up_in_time_and_says_so(
    postgres_database: Database,
) -> None:
    ledger = Ledger(postgres_database, "alerts", "articles")
    ledger.adopt(0, NOON)
    with postgres_database.write() as connection:
        connection.execute(sa.text("UPDATE positions SET updated_at = 1"))

        with pytest.raises(StateError, match=r"busy.*tried again"):
            ledger.adopt(0, NOON)


def test_given_many_settled_when_claiming_then_the_small_index_is_used(postgres_database: Database) -> None:
    statement = (
        "EXPLAIN SELECT delivery_key FROM deliveries WHERE sink = 'a' AND state = 'pending' "
        "AND settled_at IS NULL AND next_attempt_at <= 5 ORDER BY next_attempt_at LIMIT 3 "
        "FOR UPDATE SKIP LOCKED"
    )
    with postgres_database.write() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = " ".join(row[0] for row in connection.exec_driver_sql(statement))

    assert "ix_deliveries_due" in plan
    assert "Sort" not in plan


def test_given_many_deliverers_when_claiming_at_once_then_no_delivery_is_lent_twice(
    postgres_database: Database,
) -> None:
    names = [f"n{number:03}" for number in range(120)]
    Ledger(postgres_database, "alerts", "articles").commit(batch_of(*names), {}, {}, NOON)
    outbox, lent, guard = Outbox(postgres_database), list[str](), threading.Lock()

    def claim_all() -> None:
        while claims := outbox.claim("hook", 7, NOON):
            with guard:
                lent.extend(claim.key for claim in claims)

    threads = [threading.Thread(target=claim_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert Counter(lent) == Counter(f"{name}-hook" for name in names)


def test_given_rows_that_another_deliverer_is_lending_when_claimed_then_the_next_are_lent(
    postgres_database: Database,
) -> None:
    Ledger(postgres_database, "alerts", "articles").commit(batch_of("a", "b", "c"), {}, {}, NOON)
    outbox = Outbox(postgres_database)
    with postgres_database.write() as other:
        other.execute(sa.text("SELECT * FROM deliveries WHERE delivery_key = 'a-hook' FOR UPDATE"))

        claims = outbox.claim("hook", 2, NOON)

    assert [claim.key for claim in claims] == ["b-hook", "c-hook"]
    assert [claim.key for claim in outbox.claim("hook", 2, NOON)] == ["a-hook"]
