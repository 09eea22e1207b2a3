from pathlib import Path

import pytest

from stream.errors import LogFullError, StateError, StreamError
from stream.sqlite.driver import VERSION, has_wal_reset_bug, require_sound_version, statements, translated


@pytest.mark.parametrize(
    "version",
    [
        (3, 7, 0),
        (3, 40, 1),
        (3, 43, 2),
        (3, 44, 5),
        (3, 45, 0),
        (3, 49, 9),
        (3, 50, 6),
        (3, 51, 0),
        (3, 51, 2),
    ],
)
def test_given_a_version_that_may_corrupt_a_wal_when_checked_then_it_is_refused(
    version: tuple[int, int, int],
) -> None:
    assert has_wal_reset_bug(version)
    with pytest.raises(StateError, match=r"install pysqlite3>=0\.6\.1"):
        require_sound_version(version)


@pytest.mark.parametrize(
    "version",
    [
        (3, 6, 23),
        (3, 44, 6),
        (3, 44, 9),
        (3, 50, 7),
        (3, 50, 8),
        (3, 51, 3),
        (3, 52, 0),
        (3, 53, 4),
        (4, 0, 0),
    ],
)
def test_given_a_version_with_the_fix_when_checked_then_it_is_accepted(version: tuple[int, int, int]) -> None:
    assert not has_wal_reset_bug(version)
    require_sound_version(version)


def test_given_the_installed_sqlite_when_checked_then_it_is_sound() -> None:
    assert not has_wal_reset_bug(VERSION)


def test_given_a_script_when_split_then_semicolons_inside_a_statement_do_not_end_it() -> None:
    script = """
    CREATE TABLE t (text TEXT DEFAULT 'a;b');
    CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET text = 'x'; DELETE FROM t; END;
    """

    split = list(statements(script))

    assert [statement.split()[1] for statement in split] == ["TABLE", "TRIGGER"]


def test_given_a_script_whose_last_statement_does_not_end_when_split_then_it_is_refused() -> None:
    with pytest.raises(ValueError, match="DROP"):
        list(statements("CREATE TABLE t (x); DROP TABLE"))


class Refusal(Exception):  # noqa: N818  stands for SQLite's exceptions, which carry this code
    def __init__(self, code: int) -> None:
        super().__init__("refused")
        self.sqlite_errorcode = code


@pytest.mark.parametrize(
    ("code", "ours"),
    [
        (13, LogFullError),  # SQLITE_FULL
        (778, LogFullError),  # SQLITE_IOERR_WRITE: a quota is exceeded
        (4874, LogFullError),  # SQLITE_IOERR_SHMSIZE
        (5, StateError),  # SQLITE_BUSY
        (517, StateError),  # SQLITE_BUSY_SNAPSHOT
        (11, StateError),  # SQLITE_CORRUPT
        (267, StateError),  # SQLITE_CORRUPT_VTAB
        (26, StateError),  # SQLITE_NOTADB
        (19, StreamError),  # SQLITE_CONSTRAINT
    ],
)
def test_given_a_failure_of_sqlite_when_translated_then_it_is_the_one_we_name(
    code: int,
    ours: type[StreamError],
) -> None:
    assert type(translated(Refusal(code), Path("log.db"))) is ours
