"""The one event loop of ingest, in a thread of its own: fetching is asyncio, the rest of us is threads."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class LoopThread:
    """An event loop that other threads hand coroutines to."""

    def __init__(self, name: str = "ingest") -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)

    def start(self) -> None:
        """Begin to run what is handed over."""
        self._thread.start()

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine on the loop; cancelling the future cancels it. From any thread but the loop's.

        Raises RuntimeError after the loop has ended; the coroutine is closed then, never half begun.
        """
        try:
            return asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        except RuntimeError:
            coroutine.close()
            raise

    def call(self, coroutine: Coroutine[Any, Any, T], timeout_s: float) -> T:
        """Run a coroutine on the loop and wait for its result; raises TimeoutError after `timeout_s`."""
        return self.submit(coroutine).result(timeout_s)

    def stop(self, timeout_s: float = 5.0) -> None:
        """End the loop: what still runs on it is cancelled and gets `timeout_s` to clean up."""
        if not self._thread.is_alive():
            self._loop.close()
            return
        self.submit(self._cancel_all()).result(timeout_s)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout_s)
        if not self._thread.is_alive():
            self._loop.close()

    async def _cancel_all(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_asyncgens()
        await self._loop.shutdown_default_executor()
