"""A note beside the log of what was acknowledged, so that a log that has lost some of it is found out.

SQLite's recovery drops a damaged end of its write-ahead log without a word, and a file put back from a backup
looks as whole as any. The note is written after each commit and before anybody is told of it, in place and
without waiting for the disk: a killed process leaves it exact. A power cut may leave an older one (Linux
writes back within about 30 s): then less is missed than is missing, and never more.
"""

import logging
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crc32c import crc32c

from stream.embedded.epochs import all_epochs, end_offset, newest_epoch
from stream.embedded.history import Chain
from stream.sqlite.driver import Connection
from stream.timing import Clock

logger = logging.getLogger(__name__)

_BYTES = 1_024  # a lineage has at most 16 epochs; all in one page, so that it is written whole
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """How far the log had come: the offset its next record was to get, its lineage there, and when."""

    end: int
    lineage: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Missing:
    """Records that were acknowledged and are not in the log: `first` is the offset of the first of them.

    `since` is when the last record before them was appended, None where there is none.
    """

    records: int
    first: int
    since: datetime | None
    until: datetime


def missing(connection: Connection, noted: Acknowledged) -> Missing | None:
    """Compare a note with the log; None when nothing is missing."""
    first = Chain(all_epochs(connection)).shared(noted.end, noted.lineage, end_offset(connection))
    if first >= noted.end:
        return None
    found = connection.execute(
        "SELECT appended_at FROM log_records WHERE offset < ? ORDER BY offset DESC LIMIT 1", (first,)
    ).fetchone()
    since = None if found is None else _BEGINNING + timedelta(microseconds=int(found[0]))
    return Missing(noted.end - first, first, since, noted.at)


class Note:
    """The file with the note; `keep` is for one thread at a time. Never raises: it is no part of the log."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._end = 0
        self._epoch: str | None = None
        self._chain = Chain(())

    def read(self) -> Acknowledged | None:
        """Return what is noted; None where nothing is, or it is damaged."""
        try:
            checksum, end, at, lineage = self._path.read_text("ascii").rstrip().split("|")
            if int(checksum, 16) == _checksum(end, at, lineage):
                return Acknowledged(int(end), lineage, datetime.fromisoformat(at))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            logger.debug("note not read", extra={"path": str(self._path), "reason": str(error)})
        return None

    def keep(self, connection: Connection) -> None:
        """Note how far the log has come, if it has come further; about 20 µs, and no wait for the disk."""
        end = end_offset(connection)
        if end == self._end:
            return
        epoch = newest_epoch(connection)
        if epoch != self._epoch:
            self._epoch, self._chain = epoch, Chain(all_epochs(connection))
        try:
            self._write(str(end), self._clock().isoformat(), self._chain.lineage(end))
        except OSError as error:
            logger.warning("note not written", extra={"path": str(self._path), "reason": str(error)})
        self._end = end

    def _write(self, end: str, at: str, lineage: str) -> None:
        line = f"{_checksum(end, at, lineage):08x}|{end}|{at}|{lineage}"
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.pwrite(file, line.ljust(_BYTES).encode("ascii"), 0)
        finally:
            os.close(file)


def _checksum(end: str, at: str, lineage: str) -> int:
    found: int = crc32c(f"{end}|{at}|{lineage}".encode())
    return found
