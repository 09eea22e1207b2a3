import shutil
from pathlib import Path

import pytest

from stream.db import Database
from stream.errors import StateError
from stream.sqlite.driver import connect
from stream.sqlite.soundness import require_sound_file
from stream.sqlite_log import SqliteLog
from tests.stream.articles import article


@pytest.fixture
def state(tmp_path: Path) -> Path:
    path = tmp_path / "state" / "log.db"
    path.parent.mkdir()
    with Database(path, SqliteLog.MIGRATIONS) as database:
        SqliteLog(database).producer().append([article(f"port{n}") for n in range(200)])
    return path


def files(directory: Path) -> dict[str, bytes]:
    """What is kept there; a reader leaves an empty -wal and its index behind, which hold nothing."""
    contents = {path.name: path.read_bytes() for path in directory.iterdir() if path.suffix != ".db-shm"}
    return {name: content for name, content in contents.items() if content}


def refused(path: Path) -> str:
    with pytest.raises(StateError) as refusal:
        Database(path, SqliteLog.MIGRATIONS)
    return str(refusal.value)


@pytest.mark.parametrize("at", [0, 18, 101, 4_096 * 3 + 2, 4_096 * 7])
def test_given_a_damaged_file_when_opened_then_it_is_refused_and_untouched(state: Path, at: int) -> None:
    content = bytearray(state.read_bytes())
    content[at : at + 24] = b"\xff" * 24
    state.write_bytes(content)
    before = files(state.parent)

    said = refused(state)

    assert str(state) in said
    assert "put a backup in their place" in said
    assert files(state.parent) == before


@pytest.mark.parametrize("keep", [1, 100, 4_096, 20_000])
def test_given_a_file_cut_short_when_opened_then_it_is_refused_and_untouched(state: Path, keep: int) -> None:
    state.write_bytes(state.read_bytes()[:keep])
    before = files(state.parent)

    refused(state)

    assert files(state.parent) == before


@pytest.mark.parametrize("emptied", [True, False])
def test_given_transactions_without_their_file_when_opened_then_they_are_not_thrown_away(
    state: Path,
    *,
    emptied: bool,
) -> None:
    wal = state.with_name("log.db-wal")
    with Database(state, SqliteLog.MIGRATIONS) as database:
        SqliteLog(database).producer().append([article("oslo")])
        kept = wal.read_bytes()
    state.unlink()
    if emptied:
        state.touch()
    wal.write_bytes(kept)

    said = refused(state)

    assert "-wal file holds transactions" in said
    assert wal.read_bytes() == kept


def test_given_an_empty_file_when_opened_then_it_becomes_a_state_file(tmp_path: Path) -> None:
    (tmp_path / "log.db").touch()

    with Database(tmp_path / "log.db", SqliteLog.MIGRATIONS) as database:
        assert SqliteLog(database).size().rows == 0


def test_given_another_kind_of_file_when_opened_then_it_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    path.write_text("Minutes of the harbour board\n" * 500)

    assert "not a database" in refused(path)

    assert files(tmp_path) == {"log.db": path.read_bytes()}


def test_given_no_directory_when_opened_then_it_says_so(tmp_path: Path) -> None:
    assert "SQLITE_CANTOPEN" in refused(tmp_path / "nowhere" / "log.db")


def test_given_a_sound_file_when_checked_then_it_is_accepted_and_untouched(state: Path) -> None:
    before = files(state.parent)

    require_sound_file(state, SqliteLog.MIGRATIONS, busy_timeout_s=1, check_s=5)

    assert files(state.parent) == before


def test_given_a_large_file_when_the_time_for_the_check_is_over_then_it_opens_and_says_so(
    state: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level("INFO"):
        require_sound_file(state, SqliteLog.MIGRATIONS, busy_timeout_s=1, check_s=1e-9)

    assert [record.message for record in caplog.records] == ["state file checked in part"]


def test_given_damage_that_the_check_did_not_reach_when_read_then_it_says_how_to_restore(state: Path) -> None:
    content = bytearray(state.read_bytes())
    content[4_096 * 3 :] = b"\xff" * (len(content) - 4_096 * 3)
    state.write_bytes(content)

    with (
        Database(state, SqliteLog.MIGRATIONS, check_s=0) as database,
        pytest.raises(StateError, match="put a backup in their place"),
    ):
        SqliteLog(database).consumer("alerts").poll(10, timeout_s=0)


def test_given_a_file_whose_creation_was_cut_off_when_opened_then_that_is_undone_first(
    tmp_path: Path,
) -> None:
    live, path = tmp_path / "live.db", tmp_path / "log.db"
    writer = connect(live, busy_timeout_s=1)
    writer.execute("PRAGMA cache_size = 1")
    writer.execute("CREATE TABLE ballast (x TEXT)")
    writer.execute("BEGIN IMMEDIATE")
    writer.executemany("INSERT INTO ballast VALUES (?)", [("x" * 3_000,) for _ in range(50)])
    shutil.copy(live, path)
    shutil.copy(tmp_path / "live.db-journal", tmp_path / "log.db-journal")
    writer.close()

    with Database(path, SqliteLog.MIGRATIONS) as database, database.read() as connection:
        assert connection.execute("SELECT count(*) FROM ballast").fetchone() == (0,)
