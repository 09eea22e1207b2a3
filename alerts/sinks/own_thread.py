"""Blocking calls of one sink, off the event loop and out of everybody else's way."""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future


class OwnThread:
    """One daemon thread that runs calls in order.

    Not the pool that lanes share: a pipe nobody reads or a disk that hangs would fill it and stop them all.
    And a daemon, so that such a call cannot hold up the end of the process.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._calls: queue.SimpleQueue[tuple[Future[None], Callable[[], None]] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    async def run(self, call: Callable[[], None]) -> None:
        """Wait for `call`, raising what it raises; cancelled, it is not begun if it has not yet been."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()
        future: Future[None] = Future()
        self._calls.put((future, call))
        await asyncio.wrap_future(future)

    def close(self) -> None:
        """Let the thread end after the calls that wait."""
        self._calls.put(None)
        self._thread = None

    def _work(self) -> None:
        while (order := self._calls.get()) is not None:
            future, call = order
            if future.set_running_or_notify_cancel():
                _settle(future, call)


def _settle(future: Future[None], call: Callable[[], None]) -> None:
    try:
        call()
    except Exception as error:  # noqa: BLE001 # it is raised again where the call was made
        future.set_exception(error)
    else:
        future.set_result(None)
