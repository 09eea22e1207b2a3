"""Work that others hand to a loop while it may be ending: each piece is done, or told to come again."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from typing import Any, Generic, TypeVar

from ingest.loop import LoopThread
from ingest.outcome import TryLater

T = TypeVar("T")

_AGAIN_S = 5.0


class DrainableCalls(Generic[T]):
    """Runs coroutines on a loop for callers on others, until it is closed."""

    def __init__(self, loop: LoopThread) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._under_way: set[Future[T | TryLater]] = set()
        self._is_closed = False

    async def run(self, begin: Callable[[], Coroutine[Any, Any, T | TryLater]]) -> T | TryLater:
        """Run it and return its result; `stopping` when the loop ends, before it or in its midst."""
        with self._lock:  # or the loop could end between the question and the submission
            if self._is_closed:
                return TryLater("stopping", _AGAIN_S)
            future = self._loop.submit(begin())
            self._under_way.add(future)
        future.add_done_callback(self._forget)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if self._is_closed:
                return TryLater("stopping", _AGAIN_S)
            raise

    def close(self, timeout_s: float) -> None:
        """Admit no more; what is under way gets `timeout_s`, then it is cancelled: all or nothing."""
        with self._lock:
            self._is_closed = True
            left = set(self._under_way)
        for future in wait(left, timeout_s).not_done:
            future.cancel()

    def _forget(self, future: "Future[T | TryLater]") -> None:
        with self._lock:
            self._under_way.discard(future)
