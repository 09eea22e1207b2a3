import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from pathlib import Path

import pytest

from stream.db import Connection, Database, IntegrityError, WriterLimits
from stream.errors import LogFullError, StateError, StreamError
from tests.stream.notes import DEADLINE_S, TABLE, Gate, note, notes


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "notes.db", TABLE) as database:
        yield database


def note_then_fail(connection: Connection) -> None:
    note("half")(connection)
    raise ZeroDivisionError


def page_limit(pages: int) -> Callable[[Connection], None]:
    def job(connection: Connection) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}").fetchone()

    return job


def pages(database: Database) -> int:
    with database.read() as connection:
        return int((connection.execute("PRAGMA page_count").fetchone() or (0,))[0])


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


def test_given_an_observer_when_a_job_is_written_then_it_learns_how_long_it_took(tmp_path: Path) -> None:
    seconds: list[float] = []

    with Database(tmp_path / "notes.db", TABLE, observe_commit=seconds.append) as database:
        database.write(note("n"))

    assert len(seconds) == 1
    assert 0 < seconds[0] < DEADLINE_S
