import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from pathlib import Path

import pytest

from stream.db import Connection, Database, IntegrityError, Migration, WriterLimits
from stream.errors import LogFullError, StateError, StreamError

DEADLINE_S = 10.0
TABLE = (
    Migration("notes", 1, "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;"),
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "notes.db", TABLE) as database:
        yield database


class Gate:
    """A job that holds the writer until it is opened."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()

    def __call__(self, _: Connection) -> None:
        self.entered.set()
        assert self.opened.wait(DEADLINE_S)


def note(text: str) -> Callable[[Connection], int | None]:
    return lambda connection: connection.execute("INSERT INTO notes (text) VALUES (?)", (text,)).lastrowid


def note_then_fail(connection: Connection) -> None:
    note("half")(connection)
    raise ZeroDivisionError


def notes(database: Database) -> list[str]:
    with database.read() as connection:
        return [row[0] for row in connection.execute("SELECT text FROM notes ORDER BY id")]


def page_limit(pages: int) -> Callable[[Connection], None]:
    def job(connection: Connection) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}").fetchone()

    return job


def pages(database: Database) -> int:
    with database.read() as connection:
        return int((connection.execute("PRAGMA page_count").fetchone() or (0,))[0])


def test_given_a_job_when_written_then_its_result_comes_back_and_readers_see_it(database: Database) -> None:
    row_id = database.write(note("first"))

    assert row_id == 1
    assert notes(database) == ["first"]


def test_given_a_written_job_when_the_file_is_opened_again_then_it_is_there(tmp_path: Path) -> None:
    with Database(tmp_path / "notes.db", TABLE) as database:
        database.write(note("kept"))

    with Database(tmp_path / "notes.db", TABLE) as database:
        assert notes(database) == ["kept"]


def test_given_jobs_that_wait_when_the_writer_is_free_then_they_share_one_transaction(
    database: Database,
) -> None:
    gate = Gate()
    held = database.submit(gate)
    assert gate.entered.wait(DEADLINE_S)
    before = database.commits

    queued = [database.submit(note(f"n{n}")) for n in range(100)]
    gate.opened.set()
    held.result(DEADLINE_S)
    wait(queued, DEADLINE_S)

    assert database.commits - before <= 2
    assert len(notes(database)) == 100


def test_given_a_job_that_fails_when_written_with_others_then_it_alone_is_undone(database: Database) -> None:
    gate = Gate()
    database.submit(gate)
    before = database.submit(note("before"))
    failing = database.submit(note_then_fail)
    twice = database.submit(note("before"))
    after = database.submit(note("after"))
    gate.opened.set()

    assert (before.result(DEADLINE_S), after.result(DEADLINE_S)) == (1, 2)
    with pytest.raises(ZeroDivisionError):
        failing.result(DEADLINE_S)
    with pytest.raises(IntegrityError):
        twice.result(DEADLINE_S)
    assert notes(database) == ["before", "after"]


def test_given_a_job_when_its_future_resolves_then_another_connection_sees_it(database: Database) -> None:
    seen: list[list[str]] = []
    future = database.submit(note("durable"))
    future.add_done_callback(lambda _: seen.append(notes(database)))

    future.result(DEADLINE_S)
    database.close()

    assert seen == [["durable"]]


def test_given_a_queued_job_when_it_is_cancelled_then_it_never_runs(database: Database) -> None:
    gate = Gate()
    database.submit(gate)
    assert gate.entered.wait(DEADLINE_S)
    unwanted = database.submit(note("unwanted"))

    assert unwanted.cancel()
    gate.opened.set()
    database.write(note("wanted"))

    assert notes(database) == ["wanted"]


def test_given_a_full_queue_when_a_job_is_submitted_then_it_waits_and_is_refused_in_time(
    tmp_path: Path,
) -> None:
    limits = WriterLimits(max_waiting=2, submit_timeout_s=0.05)
    with Database(tmp_path / "notes.db", TABLE, limits=limits) as database:
        gate = Gate()
        database.submit(gate)
        assert gate.entered.wait(DEADLINE_S)
        queued = [database.submit(note(f"n{n}")) for n in range(2)]

        with pytest.raises(LogFullError):
            database.submit(note("one too many"))

        gate.opened.set()
        wait(queued, DEADLINE_S)
        assert notes(database) == ["n0", "n1"]


def test_given_a_job_when_it_writes_through_the_database_then_it_is_told_instead_of_hanging(
    database: Database,
) -> None:
    with pytest.raises(StreamError, match="cannot wait"):
        database.write(lambda _: database.write(note("nested")))

    assert notes(database) == []


def test_given_a_job_that_ends_the_transaction_when_written_then_its_batch_fails_and_the_next_is_fine(
    database: Database,
) -> None:
    with pytest.raises(StreamError):
        database.write(lambda connection: connection.execute("ROLLBACK"))

    database.write(note("next"))
    assert notes(database) == ["next"]


def test_given_a_full_disk_when_jobs_are_written_then_all_fail_nothing_stays_and_it_recovers_by_itself(
    database: Database,
) -> None:
    database.write(note("before"))
    database.write(page_limit(pages(database) + 2))
    gate = Gate()
    database.submit(gate)
    assert gate.entered.wait(DEADLINE_S)

    small = database.submit(note("small"))
    large = database.submit(note("x" * 100_000))
    gate.opened.set()

    for future in (small, large):
        assert isinstance(future.exception(DEADLINE_S), LogFullError)
    assert notes(database) == ["before"]
    database.write(page_limit(1_000_000))
    database.write(note("after"))
    assert notes(database) == ["before", "after"]


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


def test_given_a_waiting_thread_when_something_is_committed_then_it_is_woken(database: Database) -> None:
    seen = database.commits
    started = time.monotonic()

    threading.Thread(target=database.write, args=(note("n"),)).start()

    assert database.wait_for_commit(seen, DEADLINE_S) > seen
    assert time.monotonic() - started < DEADLINE_S / 2


def test_given_nothing_committed_when_waited_for_then_time_runs_out(database: Database) -> None:
    assert database.wait_for_commit(database.commits, 0.01) == database.commits


def test_given_another_process_holds_the_lock_when_written_then_the_caller_learns_of_it(
    tmp_path: Path,
) -> None:
    with (
        Database(tmp_path / "notes.db", TABLE) as holder,
        Database(tmp_path / "notes.db", TABLE, busy_timeout_s=0.05) as other,
    ):
        gate = Gate()
        held = holder.submit(gate)
        assert gate.entered.wait(DEADLINE_S)

        with pytest.raises(StateError, match="locked"):
            other.write(note("too soon"))

        gate.opened.set()
        held.result(DEADLINE_S)
        other.write(note("in turn"))
        assert notes(holder) == ["in turn"]


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


def test_given_an_observer_when_a_job_is_written_then_it_learns_how_long_it_took(tmp_path: Path) -> None:
    seconds: list[float] = []

    with Database(tmp_path / "notes.db", TABLE, observe_commit=seconds.append) as database:
        database.write(note("n"))

    assert len(seconds) == 1
    assert 0 < seconds[0] < DEADLINE_S
