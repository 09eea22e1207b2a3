"""The parent's end of one worker process: start it, ask it, kill it. Used by one thread at a time."""

import multiprocessing
import os
import pickle
from collections.abc import Callable
from typing import Literal

from ingest.workers.process import Answer, Start, serve
from stream.errors import StreamError

LossReason = Literal["died", "timeout"]

_SPAWN = multiprocessing.get_context("spawn")  # never fork: the parent has threads
_MB = 1024 * 1024


class WorkerLostError(StreamError):
    """A call took its process with it (`died`) or ran out of time and was killed (`timeout`)."""

    def __init__(self, reason: LossReason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason: LossReason = reason


class WorkerTimeoutError(WorkerLostError, TimeoutError):
    """A call ran out of time; its process was killed."""

    def __init__(self, detail: str) -> None:
        super().__init__("timeout", detail)


class WorkerStartError(StreamError):
    """The initialiser raised in a new process; it would in the next one too. The cause is chained."""


class WorkerHandle:
    """A running process, from construction until `kill`; ready for calls after `wait_until_ready`."""

    def __init__(
        self, initialise: Callable[[], object], *, memory_mb: int | None, name: str, gently: bool = False
    ) -> None:
        """Start it; `gently`: at a lower priority until it is ready, since nobody waits for it."""
        self._pipe, theirs = _SPAWN.Pipe()
        start = Start(
            pickle.dumps(initialise), os.getpid(), memory_mb * _MB if memory_mb is not None else None, gently
        )
        self._process = _SPAWN.Process(target=serve, args=(theirs, start), name=name, daemon=True)
        self._process.start()
        theirs.close()  # ours alone would keep the pipe open after its process died
        self.calls = 0

    def wait_until_ready(self, timeout_s: float) -> None:
        """Wait until `initialise` has returned in the process.

        Raises WorkerStartError when that raised, WorkerLostError when the process died or was not ready
        in time; the process is gone then.
        """
        started = self.receive(timeout_s)
        if started.error is not None:
            self.kill()
            raise WorkerStartError(f"a worker could not start: {started.error}") from started.error

    def has_spoken(self) -> bool:
        """Whether a process that was started is ready or gone, so that waiting for it takes no time."""
        return self._pipe.poll(0)

    def ask(self, call: bytes, timeout_s: float) -> Answer:
        """Send a pickled Call and wait for its answer; after WorkerLostError the process is gone."""
        self.calls += 1
        self.send(call)
        return self.receive(timeout_s)

    def send(self, call: bytes) -> None:
        """Send a pickled Call, whose answer `receive` waits for."""
        try:
            self._pipe.send_bytes(call)
        except OSError:
            raise self._lost("died") from None

    def kill(self) -> None:
        """End the process at once; it holds no state. A second kill does nothing."""
        self._process.kill()
        self._process.join()
        self._pipe.close()

    def interrupt(self) -> None:
        """End the process from another thread: the owner, waiting in `ask`, then gets WorkerLostError."""
        self._process.kill()

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone, so that `kill` takes no time."""
        return self._process.exitcode is not None

    def receive(self, timeout_s: float) -> Answer:
        """Wait for what the process says next; after WorkerLostError it is gone."""
        try:
            answered = self._pipe.recv_bytes() if self._pipe.poll(timeout_s) else None
        except (EOFError, OSError):
            raise self._lost("died") from None
        if answered is None:
            raise self._lost("timeout")
        answer: Answer = pickle.loads(answered)  # noqa: S301 - from our own process
        return answer

    def _lost(self, reason: LossReason) -> WorkerLostError:
        self.kill()
        detail = f"worker ended with {self._process.exitcode}"
        return WorkerLostError(reason, detail) if reason == "died" else WorkerTimeoutError(detail)
