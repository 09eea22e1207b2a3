from collections.abc import Iterator
from concurrent.futures import Future, wait
from pathlib import Path

import pytest

from stream.db import Connection, Database
from stream.errors import StreamError
from tests.stream.notes import DEADLINE_S, TABLE, note, notes


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "notes.db", TABLE) as database:
        yield database


def test_given_a_job_when_written_then_its_result_comes_back_and_readers_see_it(database: Database) -> None:
    row_id = database.write(note("first"))

    assert row_id == 1
    assert notes(database) == ["first"]


def test_given_a_written_job_when_the_file_is_opened_again_then_it_is_there(tmp_path: Path) -> None:
    with Database(tmp_path / "notes.db", TABLE) as database:
        database.write(note("kept"))

    with Database(tmp_path / "notes.db", TABLE) as database:
        assert notes(database) == ["kept"]


def test_given_a_reader_when_it_writes_then_it_is_refused(database: Database) -> None:
    with pytest.raises(StreamError, match="readonly"), database.read() as connection:
        connection.execute("INSERT INTO notes (text) VALUES ('sneaked in')")

    assert notes(database) == []


def test_given_a_reader_when_others_write_then_it_keeps_its_snapshot(database: Database) -> None:
    database.write(note("old"))

    with database.read() as connection:
        before = connection.execute("SELECT count(*) FROM notes").fetchone()
        database.write(note("new"))
        after = connection.execute("SELECT count(*) FROM notes").fetchone()

    assert before == after == (1,)
    assert notes(database) == ["old", "new"]


def test_given_a_reader_that_failed_when_read_again_then_the_next_one_is_sound(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.read():
        raise ZeroDivisionError

    assert notes(database) == []


def test_given_a_database_when_closed_then_waiting_jobs_are_written_and_new_ones_refused(
    tmp_path: Path,
) -> None:
    database = Database(tmp_path / "notes.db", TABLE)
    queued = [database.submit(note(f"n{n}")) for n in range(50)]

    database.close()
    database.close()

    assert all(future.done() for future in queued)
    with pytest.raises(StreamError):
        database.write(note("late"))
    with pytest.raises(StreamError), database.read():
        pass
    with Database(tmp_path / "notes.db", TABLE) as again:
        assert len(notes(again)) == 50


def test_given_two_databases_on_a_file_when_both_write_then_nothing_is_lost(tmp_path: Path) -> None:
    with Database(tmp_path / "notes.db", TABLE) as one, Database(tmp_path / "notes.db", TABLE) as two:
        futures: list[Future[int | None]] = [
            database.submit(note(f"{name}{n}"))
            for n in range(50)
            for name, database in (("a", one), ("b", two))
        ]
        wait(futures, DEADLINE_S)

        assert sorted(notes(one)) == sorted(f"{name}{n}" for n in range(50) for name in "ab")


def test_given_written_jobs_when_checkpointed_then_the_wal_is_empty(database: Database) -> None:
    database.write(note("x" * 50_000))
    assert database.wal_bytes > 50_000

    assert database.checkpoint()

    assert database.wal_bytes == 0
    assert database.file_bytes > 50_000


def test_given_a_long_reader_when_checkpointed_then_it_says_that_it_could_not(database: Database) -> None:
    with database.read() as connection:
        connection.execute("SELECT count(*) FROM notes").fetchone()
        database.write(note("newer than the reader"))

        assert not database.checkpoint()


def test_given_a_wal_over_its_limit_when_a_job_is_written_then_it_shrinks(tmp_path: Path) -> None:
    with Database(tmp_path / "notes.db", TABLE, wal_limit_bytes=200_000) as database:
        database.write(note("x" * 300_000))
        database.write(note("small"))  # the writer has tended the file before it takes this job

        assert database.wal_bytes < 200_000
        assert len(notes(database)) == 2


def test_given_a_long_reader_when_the_wal_passes_its_limit_then_the_log_says_why_it_grows(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with Database(tmp_path / "notes.db", TABLE, wal_limit_bytes=200_000) as database:
        with database.read() as connection:
            connection.execute("SELECT count(*) FROM notes").fetchone()
            database.write(note("x" * 300_000))
            database.write(note("small"))

        assert [record.message for record in caplog.records] == ["wal held open by a long reader"]
        assert len(notes(database)) == 2


def test_given_a_database_in_use_when_backed_up_then_the_copy_is_whole(tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes(b"an older backup")
    with Database(tmp_path / "notes.db", TABLE) as database:
        for n in range(20):
            database.write(note(f"{n}" * 5_000))
        database.backup(copy)
        database.write(note("later"))

    with Database(copy, TABLE) as restored:
        assert len(notes(restored)) == 20
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "notes.db"]


def test_given_a_database_when_opened_then_it_is_durable_and_bounded(database: Database) -> None:
    def pragmas(connection: Connection) -> dict[str, object]:
        names = (
            "journal_mode",
            "synchronous",
            "foreign_keys",
            "mmap_size",
            "auto_vacuum",
            "journal_size_limit",
        )
        return {name: (connection.execute(f"PRAGMA {name}").fetchone() or ("",))[0] for name in names}

    found = database.write(pragmas)

    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "mmap_size": 0,
        "auto_vacuum": 2,
        "journal_size_limit": 64 * 1024 * 1024,
    }
