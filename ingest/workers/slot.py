"""The process of one pool thread, and its successor, which is warm before the old one goes.

A process makes way after so many calls, because extraction leaks. Starting one costs seconds of imports and
models, so the next is started beside the old one, which goes on answering until the next is ready.
"""

from collections.abc import Callable

from ingest.workers.handle import WorkerHandle, WorkerLostError, WorkerStartError
from ingest.workers.process import Answer


class WorkerSlot:
    """Used by the one thread that owns it.

    `start` begins a process without waiting for it; `forget` hears of each that is gone.
    """

    def __init__(
        self,
        start: Callable[[], WorkerHandle],
        forget: Callable[[WorkerHandle], None],
        *,
        max_calls: int,
        start_timeout_s: float,
    ) -> None:
        self._start = start
        self._forget = forget
        self._max_calls = max_calls
        self._start_timeout_s = start_timeout_s
        self._current: WorkerHandle | None = None
        self._successor: WorkerHandle | None = None

    def ask(self, call: bytes, timeout_s: float) -> Answer:
        """Ask the process of this slot, started or replaced first if need be. Raises as WorkerHandle does."""
        handle = self._ready()
        try:
            return handle.ask(call, timeout_s)
        except WorkerLostError:
            self._current = None
            self._forget(handle)
            raise

    def _ready(self) -> WorkerHandle:
        """A process that is ready; waits only where there is none that could answer."""
        current = self._current
        if current is None:
            successor, self._successor = self._successor or self._start(), None
            self._current = self._begun(successor)
            return self._current
        return current if current.calls < self._max_calls else self._succeeded(current)

    def _succeeded(self, current: WorkerHandle) -> WorkerHandle:
        """The successor once it is ready, the current process until then (for as many calls again)."""
        successor = self._successor = self._successor or self._start()
        if current.calls < 2 * self._max_calls and not successor.has_spoken():
            return current
        self._successor = None
        try:
            self._current = self._begun(successor)
        except (WorkerLostError, WorkerStartError):
            return current  # it still answers; the next call tries to replace it again
        self._forget(current)
        current.kill()
        return successor

    def _begun(self, handle: WorkerHandle) -> WorkerHandle:
        try:
            handle.wait_until_ready(self._start_timeout_s)
        except (WorkerLostError, WorkerStartError):
            self._forget(handle)
            raise
        return handle
