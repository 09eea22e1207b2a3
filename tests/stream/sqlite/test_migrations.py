import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
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


DIE_INSIDE_A_STEP = """
import os, signal, sys
from pathlib import Path
from stream.sqlite import migrations
from stream.db import Database, Migration

def dying(script, split=migrations.statements):
    for statement in split(script):
        yield statement
        os.kill(os.getpid(), signal.SIGKILL)

migrations.statements = dying
Database(Path(sys.argv[1]), [Migration("notes", 1, sys.argv[2]), Migration("notes", 2, sys.argv[3])])
"""


@pytest.mark.parametrize("begun", [[], [FIRST]])
def test_given_a_process_killed_inside_a_step_when_started_again_then_the_step_was_not_begun(
    tmp_path: Path,
    begun: list[Migration],
) -> None:
    path = tmp_path / "a.db"
    if begun:
        columns(path, begun)
    died = subprocess.run(
        [sys.executable, "-c", DIE_INSIDE_A_STEP, str(path), FIRST.sql, SECOND.sql],
        cwd=Path(__file__).parents[3],
        check=False,
    )

    assert died.returncode == -signal.SIGKILL
    assert columns(path, begun) == ["text"] * len(begun)
    assert columns(path, [FIRST, SECOND]) == ["text", "stars"]


def test_given_several_that_start_at_once_when_the_file_is_new_then_every_step_runs_once(
    tmp_path: Path,
) -> None:
    barrier = threading.Barrier(6)

    def open_at_once(_: int) -> dict[str, int]:
        barrier.wait(10)
        return versions(tmp_path / "a.db", [FIRST, SECOND, OTHER])

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(open_at_once, range(6)))

    assert found == [{"notes": 2, "links": 1}] * 6
    with Database(tmp_path / "a.db", [FIRST, SECOND]) as database, database.read() as connection:
        assert connection.execute("SELECT count(*) FROM notes").fetchone() == (1,)
