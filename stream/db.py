"""One SQLite file: one writer thread with group commit, short readers, and no doubt about its soundness."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from stream.errors import StateError, StreamError
from stream.sqlite import driver as sqlite
from stream.sqlite.backup import back_up
from stream.sqlite.driver import Connection, Cursor, Error, IntegrityError, Parameters, Row, SqlValue
from stream.sqlite.migrations import Migration, migrate
from stream.sqlite.soundness import require_sound_file
from stream.sqlite.writer import Writer, WriterLimits

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = [
    "Connection",
    "Cursor",
    "Database",
    "Error",
    "IntegrityError",
    "Migration",
    "Parameters",
    "Row",
    "SqlValue",
    "WriterLimits",
]

logger = logging.getLogger(__name__)

T = TypeVar("T")

_WAL_LIMIT_BYTES = 64 * 1024 * 1024
_TRUNCATE_EVERY_S = 1.0
_IDLE_READERS = 8
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


class Database:
    """A file with the tables of several owners; safe to use from any thread, and from several processes.

    What `write` returned from, or a future of `submit` resolved for, survives a crash and a power loss.
    Opening raises StateError for a SQLite version that may corrupt files, a file that is corrupt, of a
    newer program or locked; the file is left as it was then. Never fork with a database open.
    """

    def __init__(
        self,
        path: Path,
        migrations: Sequence[Migration],
        *,
        busy_timeout_s: float = 10.0,
        check_s: float = 5.0,
        limits: WriterLimits = WriterLimits(),  # noqa: B008  frozen
        wal_limit_bytes: int = _WAL_LIMIT_BYTES,
        observe_commit: Callable[[float], None] | None = None,
    ) -> None:
        sqlite.require_sound_version()
        require_sound_file(path, migrations, busy_timeout_s=busy_timeout_s, check_s=check_s)
        self.path = path
        self._busy_timeout_s = busy_timeout_s
        self._wal_limit_bytes = wal_limit_bytes
        self._observe_commit = observe_commit
        self._truncate_after = 0.0
        self._readers: deque[Connection] = deque()
        self._closed = False
        self._connection = self._open(migrations)
        self._writer = Writer(self._connection, path, limits=limits, committed=self._after_commit)

    def write(self, job: Callable[[Connection], T]) -> T:
        """Run `job` in the next transaction; return its result when that is durable.

        `job` runs in the writer's thread, must be short, do no I/O of its own and neither begin nor end a
        transaction. Its exception undoes this job alone and is raised here. Raises LogFullError when there
        is no room (nothing was stored), StateError when the file is locked or damaged.
        """
        return self.submit(job).result()

    def submit(self, job: Callable[[Connection], T]) -> "Future[T]":
        """Do as `write` does, without waiting for the disk; waits only while too many jobs are queued."""
        return self._writer.submit(job)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Lend a connection that cannot write, in one snapshot; keep it for less than a second.

        A longer reader stops the WAL file from being emptied. Failures of SQLite become StreamErrors.
        """
        connection = self._take_reader()
        try:
            connection.execute("BEGIN")
            yield connection
            connection.execute("ROLLBACK")
        except sqlite.Error as error:
            connection.close()
            raise sqlite.translated(error, self.path) from error
        except BaseException:
            connection.close()
            raise
        self._give_back(connection)

    @property
    def commits(self) -> int:
        """How many transactions this process has committed to the file since it opened it."""
        return self._writer.commits

    def wait_for_commit(self, seen: int, timeout_s: float) -> int:
        """Wait until `commits` is more than `seen`, at most `timeout_s`; return it."""
        return self._writer.wait_for_commit(seen, timeout_s)

    @property
    def wal_bytes(self) -> int:
        """Size of the write-ahead log; grows while a long reader holds an old snapshot."""
        try:
            return self.path.with_name(self.path.name + "-wal").stat().st_size
        except FileNotFoundError:
            return 0

    @property
    def file_bytes(self) -> int:
        """Size of the file, without the write-ahead log."""
        return self.path.stat().st_size

    def checkpoint(self) -> bool:
        """Empty the write-ahead log into the file; False if a reader or another process is in the way."""
        connection = sqlite.connect(self.path, busy_timeout_s=0)
        try:
            return _truncate_wal(connection)
        except sqlite.Error as error:
            raise sqlite.translated(error, self.path) from error
        finally:
            connection.close()

    def backup(self, to: Path) -> None:
        """Copy the whole file, as of one instant, to `to`; writers go on meanwhile.

        `to` is replaced in one step, and only by a complete copy that is durable. Raises LogFullError when
        there is no room for it.
        """
        back_up(self.path, to)

    def close(self) -> None:
        """Finish the jobs that wait, then release the file; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self._writer.close()
        while self._readers:
            self._readers.pop().close()
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _open(self, migrations: Sequence[Migration]) -> Connection:
        connection = sqlite.connect(self.path, busy_timeout_s=self._busy_timeout_s)
        try:
            _prepare(connection, self._wal_limit_bytes, self._busy_timeout_s)
            migrate(connection, migrations)
        except sqlite.Error as error:
            connection.close()
            raise sqlite.translated(error, self.path) from error
        except BaseException:
            connection.close()
            raise
        return connection

    def _take_reader(self) -> Connection:
        if self._closed:
            raise StreamError(f"{self.path} is closed")
        try:
            return self._readers.pop()
        except IndexError:
            return sqlite.connect(self.path, busy_timeout_s=self._busy_timeout_s, read_only=True)

    def _give_back(self, connection: Connection) -> None:
        if self._closed or len(self._readers) >= _IDLE_READERS:
            connection.close()
        else:
            self._readers.append(connection)

    def _after_commit(self, elapsed_s: float) -> None:
        if self._observe_commit is not None:
            self._observe_commit(elapsed_s)
        now = time.monotonic()
        if now >= self._truncate_after and self.wal_bytes > self._wal_limit_bytes:
            self._truncate_after = now + _TRUNCATE_EVERY_S
            self._shrink_wal()

    def _shrink_wal(self) -> None:
        self._connection.execute("PRAGMA busy_timeout = 0")
        try:
            if not _truncate_wal(self._connection):
                logger.warning("wal held open by a long reader", extra={"wal_bytes": self.wal_bytes})
        except sqlite.Error as error:  # everything is durable in the WAL; the next commit tries again
            logger.warning("wal not emptied", extra={"wal_bytes": self.wal_bytes, "reason": str(error)})
        finally:
            self._connection.execute(f"PRAGMA busy_timeout = {int(self._busy_timeout_s * 1000)}")


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


def _truncate_wal(connection: Connection) -> bool:
    (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() or (1, 0, 0)
    return not busy
