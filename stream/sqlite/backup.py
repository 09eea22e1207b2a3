"""Copying a database file in use, as of one instant: the copy is whole, or not there at all."""

import os
from pathlib import Path

from stream.errors import StateError
from stream.private import FILE_MODE, refusals_of
from stream.sqlite import driver as sqlite

_BUSY_S = 10.0


def back_up(path: Path, to: Path) -> int:
    """Copy `path` to `to` with SQLite's online backup, check the copy, and return its size in bytes.

    Writers go on meanwhile. `to` is replaced in one step, and only by a copy that is complete, sound and
    durable; only its owner may read it. Raises LogFullError without room for it, UnwritableError where
    it cannot be made, StateError for a file that is not there or not sound.
    """
    if not path.is_file():
        raise StateError(f"{path} is not there")
    with refusals_of(to):
        return _back_up(path, to)


def _back_up(path: Path, to: Path) -> int:
    partial = to.with_name(to.name + ".partial")
    partial.unlink(missing_ok=True)
    try:
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE))
        _copy(path, partial)
        size = partial.stat().st_size
        partial.replace(to)
    finally:
        for left in (
            partial,
            *(partial.with_name(partial.name + end) for end in ("-journal", "-wal", "-shm")),
        ):
            left.unlink(missing_ok=True)
    _sync_directory(to.parent)
    return size


def _copy(path: Path, to: Path) -> None:
    source = sqlite.connect(path, busy_timeout_s=_BUSY_S, read_only=True)
    try:
        target = sqlite.connect(to, busy_timeout_s=_BUSY_S)
        try:
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_schema").fetchall()  # the instant is now
            sqlite.copy(source, target, to)
            (found,) = target.execute("PRAGMA quick_check").fetchone() or ("nothing",)
        finally:
            target.close()
    except sqlite.Error as error:
        raise sqlite.translated(error, path) from error
    finally:
        source.close()
    if found != "ok":
        raise sqlite.corrupt(path, str(found))


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
