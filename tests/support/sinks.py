"""A sink that answers as told, and remembers."""

import asyncio
import threading
from collections import deque
from collections.abc import Iterable

from alerts.alert import Alert
from alerts.sinks import Delivered, Outcome


class ScriptedSink:
    """Answers with `script` in turn, then with Delivered. An exception in the script is raised."""

    def __init__(self, name: str, script: Iterable[Outcome | BaseException] = ()) -> None:
        self.name = name
        self.script = deque(script)
        self.keys: list[str] = []
        self.is_closed = False

    async def send(self, alert: Alert, key: str, attempt: int) -> Outcome:
        del alert, attempt
        self.keys.append(key)
        answer = self.script.popleft() if self.script else Delivered()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    async def close(self) -> None:
        self.is_closed = True


class HangingSink(ScriptedSink):
    """Never answers until released from another thread."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.begun = threading.Event()
        self._released = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def send(self, alert: Alert, key: str, attempt: int) -> Outcome:
        self._loop = asyncio.get_running_loop()
        self.begun.set()
        await self._released.wait()
        return await super().send(alert, key, attempt)

    def release(self) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._released.set)
