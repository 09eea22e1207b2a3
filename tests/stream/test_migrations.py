from collections.abc import Sequence
from pathlib import Path

import pytest

from stream.db import Database, Migration
from stream.errors import StateError, StreamError

FIRST = Migration(
    "notes", 1, "CREATE TABLE notes (text TEXT) STRICT; INSERT INTO notes VALUES ('from the start');"
)
SECOND = Migration("notes", 2, "ALTER TABLE notes ADD COLUMN stars INTEGER; UPDATE notes SET stars = 5;")
OTHER = Migration("links", 1, "CREATE TABLE links (url TEXT) STRICT;")


def versions(path: Path, migrations: Sequence[Migration]) -> dict[str, int]:
    with Database(path, migrations) as database, database.read() as connection:
        return dict(connection.execute("SELECT owner, version FROM schema_versions").fetchall())


def columns(path: Path, migrations: Sequence[Migration]) -> list[str]:
    with Database(path, migrations) as database, database.read() as connection:
        return [row[1] for row in connection.execute("PRAGMA table_info(notes)")]


def test_given_a_new_file_when_opened_then_every_owner_gets_its_tables(tmp_path: Path) -> None:
    assert versions(tmp_path / "a.db", [FIRST, OTHER, SECOND]) == {"notes": 2, "links": 1}


def test_given_an_old_file_when_opened_then_only_the_new_steps_run(tmp_path: Path) -> None:
    versions(tmp_path / "a.db", [FIRST])

    assert versions(tmp_path / "a.db", [FIRST, SECOND]) == {"notes": 2}

    with Database(tmp_path / "a.db", [FIRST, SECOND]) as database, database.read() as connection:
        assert connection.execute("SELECT text, stars FROM notes").fetchall() == [("from the start", 5)]


def test_given_a_step_that_fails_when_opened_then_the_file_is_as_before_and_opens_with_the_old_program(
    tmp_path: Path,
) -> None:
    columns(tmp_path / "a.db", [FIRST])
    broken = Migration(
        "notes", 2, "ALTER TABLE notes ADD COLUMN stars INTEGER; UPDATE nowhere SET stars = 5;"
    )

    with pytest.raises(StreamError, match="nowhere"):
        Database(tmp_path / "a.db", [FIRST, broken])

    assert columns(tmp_path / "a.db", [FIRST]) == ["text"]


def test_given_a_file_of_a_newer_program_when_opened_then_it_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    versions(path, [FIRST, SECOND])
    before = path.read_bytes()

    with pytest.raises(StateError, match=r"'notes' have version 2, this program knows 1"):
        Database(path, [FIRST])

    assert path.read_bytes() == before


def test_given_an_owner_this_program_does_not_know_when_opened_then_its_tables_stay(tmp_path: Path) -> None:
    versions(tmp_path / "a.db", [FIRST, OTHER])

    assert versions(tmp_path / "a.db", [FIRST]) == {"notes": 1, "links": 1}


def test_given_steps_out_of_order_when_opened_then_the_programmer_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="notes 2: wanted 1"):
        Database(tmp_path / "a.db", [SECOND, FIRST])
