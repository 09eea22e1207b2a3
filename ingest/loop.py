"""The one event loop of ingest, in a thread of its own: fetching is asyncio, the rest of us is threads."""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")

logger = logging.getLogger(__name__)


class LoopThread:
    """An event loop that other threads hand coroutines to."""

    def __init__(self, name: str = "ingest") -> None:
        self._loop = asyncio.new_event_loop()
        self._threads = ThreadPoolExecutor(thread_name_prefix=name)
        self._loop.set_default_executor(self._threads)
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
        """End the loop: what still runs on it is cancelled and gets `timeout_s` to clean up.

        A thread that hangs longer (a folder on a server that is gone, a disk) is left behind.
        """
        if not self._thread.is_alive():
            self._loop.close()
            return
        self.submit(self._cancel_all()).result(timeout_s)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout_s)
        self._end_threads(timeout_s)
        if not self._thread.is_alive():
            self._loop.close()

    def _end_threads(self, timeout_s: float) -> None:
        ending = threading.Thread(target=self._threads.shutdown, daemon=True)
        ending.start()
        ending.join(timeout_s)
        if ending.is_alive():
            logger.warning("a thread hangs, ending without it")

    async def _cancel_all(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_asyncgens()


async def in_own_thread(work: Callable[[], T]) -> T:
    """Wait for work that may hang for as long as a server does, in a thread that nobody waits for at the end.

    Cancelled, the work goes on, and what it returns is dropped.
    """
    loop, done = asyncio.get_running_loop(), Future[T]()
    waiting = asyncio.wrap_future(done, loop=loop)
    threading.Thread(target=_work, args=(work, done), daemon=True).start()
    return await waiting


def _work(work: Callable[[], T], done: "Future[T]") -> None:
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001 - who waits raises it
        if done.set_running_or_notify_cancel():
            done.set_exception(error)
        return
    if done.set_running_or_notify_cancel():
        done.set_result(result)
