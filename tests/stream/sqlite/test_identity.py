"""A database file that is removed or replaced while it is open."""

from collections.abc import Callable
from pathlib import Path

import pytest

from stream.db import Connection, Database, Migration
from stream.errors import FileReplacedError
from stream.sqlite.identity import identify

TABLE = (Migration("notes", 1, "CREATE TABLE notes (note TEXT) STRICT;"),)


def note(database: Database, text: str) -> None:
    database.write(lambda connection: connection.execute("INSERT INTO notes VALUES (?)", (text,)).rowcount)


def notes(database: Database) -> list[str]:
    with database.read() as connection:
        return [str(row[0]) for row in connection.execute("SELECT note FROM notes")]


def take_away(path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def put_another(path: Path) -> None:
    take_away(path)
    with Database(path, TABLE) as other:
        note(other, "of the other")


def put_into_the_same(path: Path) -> None:
    """As `cp` does: the same file with other bytes."""
    path.with_name(path.name + "-wal").unlink()
    path.with_name(path.name + "-shm").unlink()
    path.write_bytes(path.read_bytes())


def test_given_an_open_file_when_identified_then_its_wal_belongs_to_it(tmp_path: Path) -> None:
    with Database(tmp_path / "a.db", TABLE) as database:
        found = identify(tmp_path / "a.db")

        assert None not in {found.main, found.wal, found.shared_memory}
        note(database, "x")
        database.checkpoint()
        assert not database.is_replaced


@pytest.mark.parametrize("happens", [take_away, put_another, put_into_the_same])
def test_given_a_file_that_was_replaced_when_used_then_it_is_refused_and_nobody_is_told_it_is_stored(
    tmp_path: Path, happens: Callable[[Path], None]
) -> None:
    with Database(tmp_path / "a.db", TABLE) as database:
        note(database, "before")
        happens(tmp_path / "a.db")

        with pytest.raises(FileReplacedError, match="Start this process again"):
            note(database, "after")
        with pytest.raises(FileReplacedError):
            notes(database)
        assert database.is_lost


def test_given_a_file_that_is_removed_during_a_transaction_when_it_commits_then_its_caller_learns_of_it(
    tmp_path: Path,
) -> None:
    def job(connection: Connection) -> None:
        connection.execute("INSERT INTO notes VALUES ('lost')")
        take_away(tmp_path / "a.db")

    with Database(tmp_path / "a.db", TABLE) as database, pytest.raises(FileReplacedError):
        database.write(job)


def test_given_who_follows_when_another_file_is_put_there_then_that_is_read_and_written(
    tmp_path: Path,
) -> None:
    with Database(tmp_path / "a.db", TABLE) as database:
        database.follow()
        note(database, "before")
        before = notes(database)
        put_another(tmp_path / "a.db")

        assert notes(database) == ["of the other"]
        note(database, "after")
        assert notes(database) == ["of the other", "after"]
        assert (before, database.openings, database.is_lost) == (["before"], 2, False)


def test_given_who_follows_when_the_file_is_gone_then_it_is_refused_until_there_is_one(
    tmp_path: Path,
) -> None:
    with Database(tmp_path / "a.db", TABLE) as database:
        database.follow()
        take_away(tmp_path / "a.db")

        with pytest.raises(FileReplacedError):
            notes(database)
        assert not database.is_lost

        put_another(tmp_path / "a.db")
        assert notes(database) == ["of the other"]


def test_given_who_follows_when_other_bytes_are_put_into_the_same_file_then_it_must_start_anew(
    tmp_path: Path,
) -> None:
    with Database(tmp_path / "a.db", TABLE) as database:
        database.follow()
        note(database, "before")
        put_into_the_same(tmp_path / "a.db")

        with pytest.raises(FileReplacedError):
            notes(database)
        assert database.is_lost
