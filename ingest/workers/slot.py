"""The process of one pool thread, and its successor, which is warm before the old one goes.

A process makes way after so many calls, because extraction leaks. Starting one costs seconds of imports and
models, so the next is started beside the old one, at a lower priority, and the old one goes on answering
until the next is ready.
"""

from collections import deque
from collections.abc import Callable
from typing import Protocol

from ingest.workers.handle import WorkerHandle, WorkerLostError, WorkerStartError
from ingest.workers.process import Answer
from ingest.workers.successor import Successor

_LATEST = 5
"""A process that should make way after N calls answers at most this many times N: its successor may be late
on a busy machine, and a leak is slow."""

_REHEARSED = 8
_REHEARSED_BYTES = 64 * 1024


class StartWorker(Protocol):
    """Begins a process without waiting for it."""

    def __call__(self, *, gently: bool) -> WorkerHandle:
        """`gently`: nobody waits for it, and others need the processor."""
        ...


class WorkerSlot:
    """Used by the one thread that owns it; `forget` hears of each process that is gone."""

    def __init__(
        self,
        start: StartWorker,
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
        self._successor: Successor | None = None
        self._leaving: WorkerHandle | None = None
        self._answered: deque[bytes] = deque(maxlen=_REHEARSED)

    def ask(self, call: bytes, timeout_s: float) -> Answer:
        """Ask the process of this slot, started or replaced first if need be. Raises as WorkerHandle does."""
        handle = self._ready()
        try:
            answer = handle.ask(call, timeout_s)
        except WorkerLostError:
            self._current = None
            self._drop(handle)
            raise
        if len(call) <= _REHEARSED_BYTES:
            self._answered.append(call)
        return answer

    def _ready(self) -> WorkerHandle:
        """A process that is ready; waits only where there is none that could answer."""
        if self._leaving is not None and self._leaving.has_ended:
            self._drop(self._leaving)
            self._leaving = None
        current = self._current
        if current is None:
            successor, self._successor = self._successor or Successor(self._start(gently=False), ()), None
            self._begun(successor)
            self._current = successor.handle
            return successor.handle
        return current if current.calls < self._max_calls else self._succeeded(current)

    def _succeeded(self, current: WorkerHandle) -> WorkerHandle:
        """The successor once it is warm, the current process until then (up to _LATEST times its calls)."""
        try:
            if self._successor is None:
                self._successor = Successor(self._start(gently=True), self._answered)
            if current.calls < _LATEST * self._max_calls and not self._is_warm(self._successor):
                return current
            self._begun(self._successor)
        except (WorkerLostError, WorkerStartError):
            self._successor = None
            return current  # it still answers; the next call tries to replace it again
        self._current, self._successor = self._successor.handle, None
        current.interrupt()  # not waited for: its memory is given back in tens of milliseconds
        self._leaving = current
        return self._current

    def _is_warm(self, successor: Successor) -> bool:
        try:
            return successor.is_warm()
        except (WorkerLostError, WorkerStartError):
            self._drop(successor.handle)
            raise

    def _begun(self, successor: Successor) -> None:
        try:
            successor.finish(self._start_timeout_s)
        except (WorkerLostError, WorkerStartError):
            self._drop(successor.handle)
            raise

    def _drop(self, handle: WorkerHandle) -> None:
        handle.kill()
        self._forget(handle)
