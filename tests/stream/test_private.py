import errno
import os
from pathlib import Path

import pytest

from stream.db import Database
from stream.errors import StreamError
from stream.private import explained, refusals_of
from stream.sqlite_log import SqliteLog
from wirewatch.cli.exits import code_of


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.EROFS, 73), (errno.EACCES, 73), (errno.EIO, 74), (errno.ENOSPC, 75), (errno.EDQUOT, 75)],
)
def test_given_what_the_system_refuses_when_explained_then_it_names_the_file_and_has_its_exit_code(
    number: int, code: int
) -> None:
    said = explained(OSError(number, os.strerror(number), "var/ingest.db"))

    assert said is not None
    assert str(said).startswith(f"var/ingest.db: {os.strerror(number)}; ")
    assert code_of(said) == code


def test_given_a_refusal_that_nobody_can_mend_when_explained_then_it_stays_what_it_is(tmp_path: Path) -> None:
    assert explained(OSError(errno.EBADF, "bad")) is None
    with pytest.raises(OSError, match="bad"), refusals_of(tmp_path):
        raise OSError(errno.EBADF, "bad")


def test_given_a_database_in_no_folder_when_opened_then_it_cannot_be_created(tmp_path: Path) -> None:
    with pytest.raises(StreamError, match="unable to open") as raised:
        Database(tmp_path / "none" / "log.db", SqliteLog.MIGRATIONS)

    assert code_of(raised.value) == 73
