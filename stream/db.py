"""One SQLite file: one writer thread with group commit, short readers, and no doubt about its soundness."""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from stream.errors import StreamError
from stream.sqlite import driver as sqlite
from stream.sqlite.backup import back_up
from stream.sqlite.driver import Connection, Cursor, Error, IntegrityError, Parameters, Row, SqlValue
from stream.sqlite.identity import identify, replaced
from stream.sqlite.migrations import Migration
from stream.sqlite.opening import open_writer, truncate_wal
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


class Database:
    """A file with the tables of several owners; safe to use from any thread, and from several processes.

    What `write` returned from, or a future of `submit` resolved for, survives a crash and a power loss.
    Opening raises StateError for a SQLite version that may corrupt files, a file that is corrupt, of a
    newer program or locked; the file is left as it was then. Never fork with a database open.

    When the file at the path is no longer the one that was opened, it is used no more: `write`
    and `read` raise FileReplacedError, unless `follow` was called.
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
        self.path = path
        self._migrations = migrations
        self._check_s = check_s
        self._limits = limits
        self._follow = False
        self._opening = threading.Lock()
        self._listeners: list[Callable[[Connection], None]] = []
        self._busy_timeout_s = busy_timeout_s
        self._wal_limit_bytes = wal_limit_bytes
        self._observe_commit = observe_commit
        self._truncate_after = 0.0
        self._readers: deque[tuple[int, Connection]] = deque()
        self._closed = False
        self.openings = 0
        """How many files were opened one after the other: another number, another file."""
        self._begin()

    def write(self, job: Callable[[Connection], T]) -> T:
        """Run `job` in the next transaction; return its result when that is durable.

        `job` runs in the writer's thread, must be short, do no I/O of its own and neither begin nor end a
        transaction. Its exception undoes this job alone and is raised here. Raises LogFullError when there
        is no room (nothing was stored), StateError when the file is locked or damaged.
        """
        return self.submit(job).result()

    def submit(self, job: Callable[[Connection], T]) -> "Future[T]":
        """Do as `write` does, without waiting for the disk; waits only while too many jobs are queued."""
        if self._follow:
            self._keep_up()
        return self._writer.submit(job)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Lend a connection that cannot write, in one snapshot; keep it for less than a second.

        A longer reader stops the WAL file from being emptied. Failures of SQLite become StreamErrors.
        """
        opening, connection = self._take_reader()
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
        self._give_back(opening, connection)

    def follow(self) -> None:
        """From now on open the file that takes the place of ours, as soon as it is there.

        For who keeps nothing in memory that is true of one file alone, but for what `openings` tells it.
        """
        self._follow = True

    @property
    def is_lost(self) -> bool:
        """Whether the open files were replaced and will not be followed: start the process again."""
        found = identify(self.path)
        # Where only its -wal is another one, the old -wal would be written into the file on closing.
        return found != self._identity and (not self._follow or found.main == self._identity.main)

    @property
    def is_replaced(self) -> bool:
        """Whether the files at the path are not those that are open."""
        return identify(self.path) != self._identity

    def on_commit(self, listener: Callable[[Connection], None]) -> None:
        """Call `listener` after each commit of this process, before anybody is told that it is stored.

        In the writer's thread, on its connection; it may read, and must neither write nor raise.
        """
        self._listeners.append(listener)

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
            return os.stat(f"{self.path}-wal").st_size  # noqa: PTH116  asked after every commit
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
            return truncate_wal(connection)
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
            self._readers.pop()[1].close()
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

    def _begin(self) -> None:
        require_sound_file(
            self.path, self._migrations, busy_timeout_s=self._busy_timeout_s, check_s=self._check_s
        )
        self._connection = open_writer(
            self.path,
            self._migrations,
            wal_limit_bytes=self._wal_limit_bytes,
            busy_timeout_s=self._busy_timeout_s,
        )
        self._identity = identify(self.path)
        self.openings += 1
        self._writer = Writer(
            self._connection,
            self.path,
            limits=self._limits,
            require_same=self._require_same,
            durable=self._tell,
            committed=self._after_commit,
        )

    def _require_same(self) -> None:
        if self.is_replaced:
            raise replaced(self.path)

    def _keep_up(self) -> None:
        """See to it that the open file is the one at the path; raises FileReplacedError if it cannot be."""
        if not self.is_replaced:
            return
        with self._opening:
            if self.is_replaced:
                self._begin_again()

    def _begin_again(self) -> None:
        if self.is_lost or self._closed or not self.path.exists():
            raise replaced(self.path)
        writer, connection = self._writer, self._connection
        self._begin()
        writer.close()
        connection.close()
        logger.warning("state file replaced, opened the new one", extra={"path": str(self.path)})

    def _tell(self) -> None:
        for listener in self._listeners:
            listener(self._connection)

    def _take_reader(self) -> tuple[int, Connection]:
        if self._closed:
            raise StreamError(f"{self.path} is closed")
        self._keep_up()
        while self._readers:
            opening, connection = self._readers.pop()
            if opening == self.openings:
                return opening, connection
            connection.close()
        return self.openings, sqlite.connect(self.path, busy_timeout_s=self._busy_timeout_s, read_only=True)

    def _give_back(self, opening: int, connection: Connection) -> None:
        if self._closed or opening != self.openings or len(self._readers) >= _IDLE_READERS:
            connection.close()
        else:
            self._readers.append((opening, connection))

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
            if not truncate_wal(self._connection):
                logger.warning("wal held open by a long reader", extra={"wal_bytes": self.wal_bytes})
        except sqlite.Error as error:  # everything is durable in the WAL; the next commit tries again
            logger.warning("wal not emptied", extra={"wal_bytes": self.wal_bytes, "reason": str(error)})
        finally:
            self._connection.execute(f"PRAGMA busy_timeout = {int(self._busy_timeout_s * 1000)}")
