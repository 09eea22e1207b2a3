"""The only importer of SQLite: its types, its version, its failures turned into ours.

pysqlite3 rather than the standard library's module, whose SQLite is as old as the system's.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeAlias
from urllib.parse import quote

import pysqlite3.dbapi2 as sqlite

from stream.errors import BrokenDiskError, LogFullError, StateError, StreamError, UnwritableError
from stream.private import make_private_file

SqlValue: TypeAlias = int | float | str | bytes | None
Parameters: TypeAlias = Sequence[SqlValue] | Mapping[str, SqlValue]
Row: TypeAlias = tuple[Any, ...]

Error: type[Exception] = sqlite.Error
IntegrityError: type[Exception] = sqlite.IntegrityError

VERSION: tuple[int, int, int] = sqlite.sqlite_version_info

_BUSY, _LOCKED, _INTERRUPT, _IOERR, _CORRUPT, _FULL, _NOTADB = 5, 6, 9, 10, 11, 13, 26
_PERM, _READONLY, _CANTOPEN = 3, 8, 14
# A full disk is SQLITE_FULL to write(2), but an exceeded quota is IOERR_WRITE, and the shared memory
# of the WAL that cannot grow is IOERR_SHMSIZE (os_unix.c).
_FULL_TOO = frozenset({_IOERR | 3 << 8, _IOERR | 19 << 8})


class Cursor(Protocol):
    """The part of a DB-API cursor that we use."""

    @property
    def rowcount(self) -> int:
        """Rows the last INSERT, UPDATE or DELETE changed; -1 for other statements."""
        ...

    @property
    def lastrowid(self) -> int | None:
        """Row id of the last successful INSERT."""
        ...

    def fetchone(self) -> Row | None:
        """The next row; None after the last."""
        ...

    def fetchall(self) -> list[Row]:
        """All rows that are left."""
        ...

    def __iter__(self) -> Iterator[Row]: ...


class Connection(Protocol):
    """The part of a DB-API connection that we use; transactions are the database's business."""

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        ...

    def execute(self, sql: str, parameters: Parameters = ..., /) -> Cursor:
        """Run one statement with its parameters (`?` or `:name`)."""
        ...

    def executemany(self, sql: str, parameters: Iterable[Parameters], /) -> Cursor:
        """Run one statement once for each set of parameters."""
        ...

    def set_progress_handler(self, handler: Callable[[], bool] | None, every: int, /) -> None:
        """Call `handler` every so many steps of a statement; what it returns true for is interrupted."""
        ...

    def close(self) -> None:
        """Release the connection; an open transaction is rolled back."""
        ...


def has_wal_reset_bug(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite can corrupt a WAL file that two connections use.

    3.7.0 to 3.51.2 can, but for the fixes carried back into 3.50.7 and 3.44.6
    (sqlite.org/wal.html, "The WAL-reset bug", fixed 2026-03-13).
    """
    if version[:2] == (3, 50):
        return version < (3, 50, 7)
    if version[:2] == (3, 44):
        return version < (3, 44, 6)
    return (3, 7, 0) <= version < (3, 51, 3)


def require_sound_version(version: tuple[int, int, int] = VERSION) -> None:
    """Raise StateError for a SQLite that may corrupt our files, and say what to install."""
    if has_wal_reset_bug(version):
        found = ".".join(map(str, version))
        raise StateError(
            f"SQLite {found} has the WAL-reset bug and may corrupt the state: wanted 3.51.3 or newer "
            "(or 3.50.7, 3.44.6 and their successors); install pysqlite3>=0.6.1",
        )


def connect(path: Path, *, busy_timeout_s: float, read_only: bool = False) -> Connection:
    """Open a connection without implicit transactions, for one thread at a time.

    A read-only one refuses every write, and never checkpoints: it leaves the file as it found it. Any other
    makes the file where there is none. Raises UnwritableError where the file cannot be opened.
    """
    mode = "ro" if read_only else "rwc"
    if not read_only:
        make_private_file(path)
    try:
        connection: Connection = sqlite.connect(
            f"file:{quote(str(path.absolute()))}?mode={mode}",
            uri=True,
            timeout=busy_timeout_s,
            isolation_level=None,
            check_same_thread=False,
        )
    except sqlite.Error as error:
        raise translated(error, path) from error
    if read_only:
        connection.execute("PRAGMA query_only = ON")
    return connection


@contextmanager
def raw_text(connection: Connection) -> Iterator[None]:
    """Read texts as bytes meanwhile: one that a flipped bit made invalid must not stop a reader."""
    raw: Any = connection
    raw.text_factory = bytes
    try:
        yield
    finally:
        raw.text_factory = str


def copy(source: Connection, target: Connection, to: Path) -> None:
    """Copy the whole of one database into another at `to`, in the snapshot `source` reads.

    Raises LogFullError without room for it.
    """
    raw: Any = source
    try:
        raw.backup(target)
    except sqlite.Error as error:
        # The driver asks the source for the code of a failure of the target: only the text is right.
        if str(error) == "database or disk is full":
            raise _full(to) from error
        raise


def statements(script: str) -> Iterator[str]:
    """Split a script into statements; `executescript` would commit the transaction around it.

    Raises ValueError if the last one lacks its semicolon.
    """
    pending = ""
    *parts, rest = script.split(";")
    for part in parts:
        pending += part + ";"
        if sqlite.complete_statement(pending):
            yield pending.strip()
            pending = ""
    if (pending + rest).strip():
        raise ValueError(f"statement without its end: {(pending + rest).strip()}")


def is_fatal(error: Exception) -> bool:
    """Whether the failure of one statement spoils the transaction around it."""
    return _primary(error) in {_FULL, _IOERR, _CORRUPT, _NOTADB}


def is_interrupted(error: Exception) -> bool:
    """Whether a progress handler stopped the statement."""
    return _primary(error) == _INTERRUPT


def is_busy(error: Exception) -> bool:
    """Whether SQLite refused because somebody else holds a lock."""
    return _primary(error) in {_BUSY, _LOCKED}


def translated(error: Exception, path: Path) -> StreamError:
    """Say in our words what SQLite refused.

    LogFullError: no room. UnwritableError: read-only, or not to be opened. BrokenDiskError: the device fails.
    StateError: locked or corrupt. StreamError: everything else.
    """
    code = getattr(error, "sqlite_errorcode", 0)
    if _primary(error) == _FULL or code in _FULL_TOO:
        return _full(path)
    if is_busy(error):
        return StateError(f"{path} is locked by another process: {error}")
    if _primary(error) in {_CORRUPT, _NOTADB}:
        return corrupt(path, str(error))
    if isinstance(error, sqlite.OperationalError):
        return _refused(error, path)
    return StreamError(f"{path}: {error}")


def _refused(error: Exception, path: Path) -> StateError:
    said = f"{path}: {error} ({getattr(error, 'sqlite_errorname', 'SQLITE_ERROR')})"
    if _primary(error) in {_PERM, _READONLY, _CANTOPEN}:
        return UnwritableError(f"{said}; is it there, and may this user write it and its folder?")
    if _primary(error) == _IOERR:
        return BrokenDiskError(f"{said}; look at the device, the system's log says more")
    return StateError(said)


def corrupt(path: Path, detail: str) -> StateError:
    """Say that a file is damaged and how to come back from it."""
    return StateError(
        f"{path} is corrupt ({detail}); it was left as it is. Stop the service, move {path.name} and its "
        f"-wal file aside, and put a backup in their place; or salvage the rows that are readable with "
        f"`sqlite3 {path.name} .recover`",
    )


def _full(path: Path) -> LogFullError:
    return LogFullError(f"{path}: no room on the disk")


def _primary(error: Exception) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
