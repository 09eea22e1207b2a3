"""One thread that writes for all: many jobs, one transaction, one wait for the disk."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from stream.errors import LogFullError, StreamError
from stream.sqlite import driver as sqlite
from stream.sqlite.driver import Connection

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WriterLimits:
    """How much may wait and how much goes into one transaction.

    A batch ends at `max_batch` jobs or after `batch_s`, so that no job waits long behind others and no
    other process is locked out. With `max_waiting` jobs waiting a caller waits up to `submit_timeout_s`.
    """

    max_batch: int = 500
    batch_s: float = 0.05
    max_waiting: int = 5_000
    submit_timeout_s: float = 30.0


@dataclass(slots=True)
class _Job:
    run: Callable[[Connection], Any]
    future: Future[Any]
    result: Any = None
    failure: Exception | None = None


class Writer:
    """Group commit: jobs that arrive while the disk is busy share the next transaction.

    Each job runs in its own savepoint: its exception undoes it alone and reaches its caller alone. A
    failure of the transaction itself (disk full, locked) undoes the batch and reaches every caller of it;
    the thread goes on with the next jobs.

    `require_same` raises when the file is no longer the one at its path: nobody is told then that something
    is stored. `durable` is called after a commit and before anybody learns of it, `committed` after that.
    """

    def __init__(
        self,
        connection: Connection,
        path: Path,
        *,
        limits: WriterLimits,
        require_same: Callable[[], None],
        durable: Callable[[], None],
        committed: Callable[[float], None],
    ) -> None:
        self._connection = connection
        self._path = path
        self._limits = limits
        self._require_same = require_same
        self._durable = durable
        self._committed = committed
        self._waiting: deque[_Job] = deque()
        self._closing = False
        self._commits = 0
        lock = threading.Lock()
        self._has_work = threading.Condition(lock)
        self._has_room = threading.Condition(lock)
        self._has_commit = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=f"writer-{path.stem}", daemon=True)
        self._thread.start()

    @property
    def commits(self) -> int:
        """How many transactions this thread has committed; for `wait_for_commit`."""
        return self._commits

    def submit(self, run: Callable[[Connection], T]) -> "Future[T]":
        """Queue a job; its future resolves when what it wrote is durable.

        Waits while too many jobs are queued; raises LogFullError if that lasts too long, and StreamError
        once closed or from inside a job, which would wait for itself.
        """
        if threading.current_thread() is self._thread:
            raise StreamError("a job of the writer cannot wait for another job of the same writer")
        future: Future[T] = Future()
        with self._has_room:
            self._wait_for_room()
            self._waiting.append(_Job(run, future))
            self._has_work.notify()
        return future

    def wait_for_commit(self, seen: int, timeout_s: float) -> int:
        """Wait until more than `seen` transactions are committed, or time is out; return their number."""
        with self._has_commit:
            self._has_commit.wait_for(lambda: self._commits > seen or self._closing, timeout_s)
            return self._commits

    def close(self) -> None:
        """Take no more jobs, finish those that wait, end the thread."""
        with self._has_work:
            self._closing = True
            self._has_work.notify_all()
            self._has_room.notify_all()
        with self._has_commit:
            self._has_commit.notify_all()
        self._thread.join()

    def _wait_for_room(self) -> None:
        def may_go_on() -> bool:
            return self._closing or len(self._waiting) < self._limits.max_waiting

        if not self._has_room.wait_for(may_go_on, self._limits.submit_timeout_s):
            raise LogFullError(f"{self._path}: {len(self._waiting)} jobs wait for the disk already")
        if self._closing:
            raise StreamError(f"{self._path} is closed")

    def _run(self) -> None:
        try:
            while self._wait_for_work():
                self._write_batch()
        finally:
            self._abandon()

    def _wait_for_work(self) -> bool:
        with self._has_work:
            self._has_work.wait_for(lambda: self._waiting or self._closing)
            return bool(self._waiting)

    def _next(self) -> _Job | None:
        with self._has_room:
            if not self._waiting:
                return None
            self._has_room.notify()
            return self._waiting.popleft()

    def _write_batch(self) -> None:
        started = time.monotonic()
        batch: list[_Job] = []
        try:
            self._require_same()
            self._connection.execute("BEGIN IMMEDIATE")
            self._run_jobs(batch, started + self._limits.batch_s)
            self._connection.execute("COMMIT")
            self._require_same()
            self._durable()
        except Exception as error:  # noqa: BLE001  the top of the loop: every caller learns of it, the thread goes on
            self._fail(batch, error)
            return
        self._announce()
        for job in batch:
            _settle(job)
        self._committed(time.monotonic() - started)

    def _run_jobs(self, batch: list[_Job], until: float) -> None:
        while len(batch) < self._limits.max_batch and (job := self._next()) is not None:
            if job.future.set_running_or_notify_cancel():
                batch.append(job)
                self._run_job(job)
            if time.monotonic() >= until:
                return

    def _run_job(self, job: _Job) -> None:
        self._connection.execute("SAVEPOINT job")
        try:
            job.result = job.run(self._connection)
        except Exception as error:
            if sqlite.is_fatal(error) or not self._connection.in_transaction:
                raise
            job.failure = error
            self._connection.execute("ROLLBACK TO job")
        self._connection.execute("RELEASE job")

    def _announce(self) -> None:
        with self._has_commit:
            self._commits += 1
            self._has_commit.notify_all()

    def _fail(self, batch: list[_Job], error: Exception) -> None:
        self._roll_back()
        failed = batch or self._take_all()  # without a batch, BEGIN failed: all who wait learn of it
        logger.warning("batch not written", extra={"jobs": len(failed), "reason": str(error)})
        for job in failed:
            if job.failure is None:
                job.failure = _told(error, self._path)
            job.future.set_exception(job.failure)

    def _roll_back(self) -> None:
        if not self._connection.in_transaction:
            return  # SQLite does that itself after some failures
        try:
            self._connection.execute("ROLLBACK")
        except sqlite.Error:  # the disk is gone for good: each BEGIN will say so to its callers
            logger.exception("roll back failed", extra={"path": str(self._path)})

    def _take_all(self) -> list[_Job]:
        with self._has_room:
            taken = list(self._waiting)
            self._waiting.clear()
            self._has_room.notify_all()
        return [job for job in taken if job.future.set_running_or_notify_cancel()]

    def _abandon(self) -> None:
        with self._has_work:
            self._closing = True
        for job in self._take_all():
            job.future.set_exception(StreamError(f"{self._path}: the writer has ended"))


def _told(error: Exception, path: Path) -> StreamError:
    if isinstance(error, StreamError):
        return error
    told = sqlite.translated(error, path)
    told.__cause__ = error
    return told


def _settle(job: _Job) -> None:
    if job.failure is None:
        job.future.set_result(job.result)
    else:
        job.future.set_exception(job.failure)
