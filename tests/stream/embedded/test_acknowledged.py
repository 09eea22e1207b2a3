"""A log that has lost what it acknowledged is found out by the note beside it."""

import shutil
from pathlib import Path

import pytest

from stream.db import Database
from stream.embedded.acknowledged import Missing
from stream.sqlite_log import SqliteLog
from tests.stream.articles import BEGINNING, article


class Kept:
    """A log with its note, opened anew for each deed, as by a process each time."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "log.db"
        self.note = folder / "log.acknowledged"

    def append(self, *names: str, damage_wal_at: int | None = None) -> Missing | None:
        """What was found missing at the start; with damage, the process dies and its -wal is damaged."""
        with Database(self.path, SqliteLog.MIGRATIONS) as database:
            log = SqliteLog(database, clock=lambda: BEGINNING)
            found = log.keep_note(self.note)
            for name in names:
                log.producer().append([article(name)])
            if damage_wal_at is not None:
                self._die(damage_wal_at)
        if damage_wal_at is not None:
            for end in ("", "-wal"):
                shutil.copyfile(f"{self.path}{end}.dead", f"{self.path}{end}")
        return found

    def _die(self, damage_wal_at: int) -> None:
        """Keep the files as a SIGKILL would leave them, but for one byte."""
        shutil.copyfile(self.path, f"{self.path}.dead")
        wal = bytearray(Path(f"{self.path}-wal").read_bytes())
        wal[damage_wal_at] ^= 0xFF
        Path(f"{self.path}-wal.dead").write_bytes(wal)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def test_given_a_log_that_is_whole_when_opened_then_nothing_is_missing(kept: Kept) -> None:
    found = [kept.append("oslo", "bergen"), kept.append(), kept.append("tromso"), kept.append()]

    assert found == [None] * 4


def test_given_a_damaged_wal_when_opened_then_it_is_said_how_much_was_dropped(kept: Kept) -> None:
    kept.append("oslo", "bergen")
    kept.append(*(f"port{number}" for number in range(10)), damage_wal_at=4_200)

    found = kept.append("tromso")
    again = kept.append()

    assert found == Missing(records=10, first=3, since=BEGINNING, until=BEGINNING)
    assert again is None, "said once: from then on the note is of what is there"


def test_given_a_log_that_was_removed_or_put_back_when_opened_then_it_is_said_how_much_is_gone(
    kept: Kept, tmp_path: Path
) -> None:
    kept.append("oslo", "bergen")
    shutil.copyfile(kept.path, tmp_path / "copy.db")
    kept.append("tromso", "narvik", "bodo")
    shutil.copyfile(tmp_path / "copy.db", kept.path)

    put_back = kept.append("hammerfest")
    kept.path.unlink()
    removed = kept.append("oslo")

    assert put_back == Missing(records=3, first=3, since=BEGINNING, until=BEGINNING)
    assert removed == Missing(records=3, first=1, since=None, until=BEGINNING)


@pytest.mark.parametrize("note", ["", "torn", "00000000|7|2026-01-01T00:00:00+00:00|a@1", "x|y|z|\xe9"])
def test_given_a_note_that_is_damaged_when_opened_then_it_says_nothing_and_is_kept_anew(
    kept: Kept, note: str
) -> None:
    kept.append("oslo")
    kept.note.write_text(note)

    found = kept.append("bergen")
    kept.path.unlink()

    assert found is None
    assert kept.append() == Missing(records=2, first=1, since=None, until=BEGINNING)


def test_given_a_note_that_cannot_be_written_when_appended_then_the_log_takes_it_all_the_same(
    kept: Kept,
) -> None:
    kept.note.mkdir()

    assert kept.append("oslo") is None
    assert kept.append() is None


def test_given_a_note_when_written_then_only_its_owner_may_read_it(kept: Kept) -> None:
    kept.append("oslo")

    assert kept.note.stat().st_mode & 0o777 == 0o600
