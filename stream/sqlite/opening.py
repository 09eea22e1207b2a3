"""The connection that writes: opened, told how durable to be, its tables brought to the newest version."""

import time
from collections.abc import Sequence
from pathlib import Path

from stream.errors import StateError
from stream.sqlite import driver as sqlite
from stream.sqlite.driver import Connection
from stream.sqlite.migrations import Migration, migrate

_SWITCH_AGAIN_S = 0.01

# synchronous = FULL: NORMAL loses the last acknowledged transactions when the power fails.
# No mmap: an I/O error there is a signal that kills the process instead of an error that is reported.
_PRAGMAS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA fullfsync = ON",
    "PRAGMA checkpoint_fullfsync = ON",
    "PRAGMA foreign_keys = ON",
    "PRAGMA mmap_size = 0",
)


def open_writer(
    path: Path, migrations: Sequence[Migration], *, wal_limit_bytes: int, busy_timeout_s: float
) -> Connection:
    """Open or create a file for writing. Raises StateError if it cannot be used."""
    connection = sqlite.connect(path, busy_timeout_s=busy_timeout_s)
    try:
        _prepare(connection, wal_limit_bytes, busy_timeout_s)
        migrate(connection, migrations)
    except sqlite.Error as error:
        connection.close()
        raise sqlite.translated(error, path) from error
    except BaseException:
        connection.close()
        raise
    return connection


def truncate_wal(connection: Connection) -> bool:
    """Empty the write-ahead log into the file; False if a reader or another process is in the way."""
    (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() or (1, 0, 0)
    return not busy


def _prepare(connection: Connection, wal_limit_bytes: int, busy_timeout_s: float) -> None:
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone() or ("",)
    if mode != "wal":
        # Only a file without tables takes this; before WAL, because that writes the first page.
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        mode = _switch_to_wal(connection, busy_timeout_s)
    if mode != "wal":
        raise StateError(f"this file system offers no shared memory for a WAL (journal mode {mode!r})")
    for pragma in (*_PRAGMAS, f"PRAGMA journal_size_limit = {wal_limit_bytes}"):
        connection.execute(pragma).fetchall()


def _switch_to_wal(connection: Connection, busy_timeout_s: float) -> str:
    """Change the journal mode; SQLite does not wait here for others that open the new file just now."""
    give_up = time.monotonic() + busy_timeout_s
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone() or ("",)
        except sqlite.Error as error:
            if not sqlite.is_busy(error) or time.monotonic() > give_up:
                raise
            time.sleep(_SWITCH_AGAIN_S)
        else:
            return str(mode)
