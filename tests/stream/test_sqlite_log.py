"""What the embedded log promises beyond the contract."""

from pathlib import Path

import pytest

from stream.db import Connection, Database
from stream.embedded.records import LogSize
from stream.errors import StateError, StreamError
from stream.event import decode
from stream.log import Appended
from stream.sqlite_log import SqliteLog
from tests.stream.articles import BEGINNING, article, same


def open_log(database: Database) -> SqliteLog:
    return SqliteLog(database, clock=lambda: BEGINNING)


def test_given_a_transaction_of_the_caller_when_it_fails_then_its_events_are_not_stored(
    database: Database,
) -> None:
    log = open_log(database)

    def job(connection: Connection) -> list[Appended]:
        log.append_in(connection, [article("oslo")])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.write(job)

    assert log.size().rows == 0
    assert database.write(lambda connection: log.append_in(connection, [article("oslo")]))[0].is_new


def test_given_a_log_when_opened_with_another_topic_then_it_refuses(database: Database) -> None:
    SqliteLog(database)

    with pytest.raises(StateError, match="fixed when the log is created"):
        SqliteLog(database, topic="other")


def test_given_revisions_when_asked_for_the_event_then_the_newest_comes(database: Database) -> None:
    log = open_log(database)
    log.producer().append(
        [article("oslo"), same(article("oslo"), revision=3), same(article("oslo"), revision=2)]
    )

    found = log.event_by(article("oslo").event_id)

    assert found is not None
    assert decode(found.value).revision == 3
    assert log.event_by("UNKNOWN") is None


def test_given_appends_when_asked_for_the_size_then_the_sums_are_those_of_the_rows(
    database: Database,
) -> None:
    log = open_log(database)
    empty = log.size()

    log.producer().append([article("oslo"), article("bergen"), article("oslo")])
    log.producer().append([article("bergen")])

    assert empty == LogSize(0, 0, 1, 1, None, 0, 0)
    with database.read() as connection:
        held = connection.execute("SELECT count(*), sum(length(value)) FROM log_records").fetchone()
    size = log.size()
    assert (size.rows, size.bytes) == held
    assert (size.oldest_offset, size.oldest_at, size.appended, size.duplicates) == (1, BEGINNING, 2, 2)


@pytest.mark.parametrize(
    "damage",
    [
        "value = zeroblob(20)",
        "key = CAST(x'fffe' AS TEXT)",
        "event_id = 'ANOTHER'",
        "appended_at = 9223372036854775807",
        "codec = 7",
        "checksum = checksum + 1",
    ],
)
def test_given_a_damaged_row_when_polled_then_it_is_handed_on_as_damaged_and_the_rest_is_read(
    database: Database,
    damage: str,
) -> None:
    log = open_log(database)
    log.producer().append([article("oslo"), article("bergen"), article("tromso")])
    database.write(
        lambda connection: connection.execute(f"UPDATE log_records SET {damage} WHERE offset = 2").rowcount
    )

    records = log.consumer("alerts").poll(10, timeout_s=0)

    assert [record.damage for record in records] == [None, "checksum", None]
    assert [record.offset for record in records] == [1, 2, 3]


def test_given_large_articles_when_polled_then_one_batch_holds_no_more_than_its_bytes(
    database: Database,
) -> None:
    log = open_log(database)
    log.producer().append([article(f"port{n}", text="x" * 1_000_000) for n in range(40)])
    consumer = log.consumer("alerts")

    sizes = []
    while records := consumer.poll(500, timeout_s=0):
        sizes.append(len(records))

    assert sizes == [17, 17, 6]


def test_given_groups_when_asked_for_lags_then_those_without_a_consumer_are_told_too(
    database: Database,
) -> None:
    log = open_log(database)
    places = log.producer().append([article("oslo"), article("bergen")])
    archive = log.consumer("archive")
    archive.commit({0: places[0].offset + 1})
    archive.close()
    log.consumer("alerts")

    assert log.lags() == {("alerts", 0): 2, ("archive", 0): 1}


def test_given_an_event_of_another_process_when_polled_then_it_comes_without_waiting_for_the_end(
    tmp_path: Path,
) -> None:
    with (
        Database(tmp_path / "log.db", SqliteLog.MIGRATIONS) as here,
        Database(tmp_path / "log.db", SqliteLog.MIGRATIONS) as there,
    ):
        consumer = open_log(here).consumer("alerts")
        open_log(there).producer().append([article("oslo")])

        assert len(consumer.poll(10, timeout_s=60)) == 1


def test_given_a_closed_database_when_polled_then_it_raises_and_does_not_hang(database: Database) -> None:
    consumer = open_log(database).consumer("alerts")
    database.close()

    with pytest.raises(StreamError):
        consumer.poll(10, timeout_s=60)
