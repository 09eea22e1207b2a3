"""Look at a state file before opening it for writing, so that a damaged one is never touched."""

import logging
import time
from collections.abc import Sequence
from pathlib import Path

from stream.sqlite import driver as sqlite
from stream.sqlite.driver import Connection
from stream.sqlite.migrations import Migration, refuse_newer

logger = logging.getLogger(__name__)

_SMALLEST_PAGE = 512


def require_sound_file(
    path: Path,
    migrations: Sequence[Migration],
    *,
    busy_timeout_s: float,
    check_s: float,
) -> None:
    """Raise StateError for a file that is corrupt or of a newer program; a missing file is sound.

    Reads the file for at most `check_s` seconds (0: not at all): a log of many gigabytes may not keep the
    service from starting. Damage further on still shows: SQLite reports it, and rows carry a checksum.
    """
    held_bytes = _size(path)
    if held_bytes == 0:
        if _size(path.with_name(path.name + "-wal")):
            raise sqlite.corrupt(path, "it is missing or empty, but its -wal file holds transactions")
        return
    if held_bytes < _SMALLEST_PAGE:  # SQLite would take it for a new file
        raise sqlite.corrupt(path, f"cut short to {held_bytes} bytes")
    if path.with_name(path.name + "-journal").exists():
        return  # died while it was created: SQLite must roll that back first, which needs writing
    connection = sqlite.connect(path, busy_timeout_s=busy_timeout_s, read_only=True)
    try:
        _check_pages(connection, path, check_s)
        refuse_newer(connection, migrations)
    except sqlite.Error as error:
        raise sqlite.translated(error, path) from error
    finally:
        connection.close()


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _check_pages(connection: Connection, path: Path, check_s: float) -> None:
    if check_s <= 0:
        return
    deadline = time.monotonic() + check_s
    connection.set_progress_handler(lambda: time.monotonic() > deadline, 1_000)
    try:
        findings = [str(row[0]) for row in connection.execute("PRAGMA quick_check(3)")]
    except sqlite.Error as error:
        if not sqlite.is_interrupted(error):
            raise
        logger.info("state file checked in part", extra={"path": str(path), "seconds": check_s})
        return
    finally:
        connection.set_progress_handler(None, 0)
    if findings != ["ok"]:
        raise sqlite.corrupt(path, "; ".join(findings)[:300])
