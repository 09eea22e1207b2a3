"""The second loop: what is in the outbox goes to the sinks.

asyncio in a thread of its own, one task for each sink: sends are nearly all waiting, and a lane is easy
to read as one coroutine. Database calls are short and go to the thread pool (`to_thread`), so that a
transaction that waits for the disk or for a lock never holds up another lane's answer.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Sequence

from pydantic import BaseModel, ConfigDict, Field

from alerts.lane import LOOK_EVERY_S, Channel, Lane, Post
from alerts.metrics import SinkBacklog

logger = logging.getLogger(__name__)


class DeliverConfig(BaseModel):
    """How delivering ends."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    grace_s: float = Field(7.0, ge=0, le=60)


class Deliver:
    """Runs in one thread; `wake` and `stop` may be called from any.

    `is_only`: no other process delivers from this database, so that every lease found at the start is of
    a predecessor that died, and need not run out first. True for SQLite under the state lock.
    """

    def __init__(
        self, channels: Sequence[Channel], post: Post, config: DeliverConfig, *, is_only: bool
    ) -> None:
        self._channels = channels
        self._post = post
        self._config = config
        self._is_only = is_only
        self._guard = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lanes: list[Lane] = []
        self._stopping = asyncio.Event()

    def run(self) -> None:
        """Deliver until `stop`; then up to `grace_s` for what is being sent, and the rest is given back.

        The sinks are closed at the end: a Deliver runs once.
        """
        asyncio.run(self._run())

    def stop(self) -> None:
        """Claim nothing more and let `run` return."""
        with self._guard:
            if self._loop is None:
                self._stopping.set()
            else:
                _tell(self._loop, self._stopping.set)

    def wake(self) -> None:
        """Look for new deliveries now; call it when some were stored."""
        with self._guard:
            if self._loop is not None:
                _tell(self._loop, self._wake_lanes)

    def _wake_lanes(self) -> None:
        for lane in self._lanes:
            lane.wake()

    async def _run(self) -> None:
        with self._guard:
            self._loop = asyncio.get_running_loop()
            self._lanes = [Lane(channel, self._post, self._stopping) for channel in self._channels]
        grace_s = self._config.grace_s
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch())
                for lane in self._lanes:
                    group.create_task(lane.run(is_only_deliverer=self._is_only, grace_s=grace_s))
        finally:
            for channel in self._channels:
                await channel.sink.close()

    async def _watch(self) -> None:
        """Keep the gauges of the outbox true, and say once what waits for a sink nobody configured."""
        told: set[str] = set()
        while not self._stopping.is_set():
            try:
                told |= self._orphans(await self._show_backlog(), told)
            except Exception:
                logger.exception("backlog not read")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._stopping.wait()

    async def _show_backlog(self) -> list[SinkBacklog]:
        waiting = await asyncio.to_thread(self._post.outbox.backlog)
        known = {backlog.sink for backlog in waiting}
        idle = [SinkBacklog(c.sink.name, 0, None) for c in self._channels if c.sink.name not in known]
        self._post.metrics.backlog([*waiting, *idle], self._post.clock())
        return waiting

    def _orphans(self, waiting: Sequence[SinkBacklog], told: set[str]) -> set[str]:
        configured = {channel.sink.name for channel in self._channels}
        orphans = {backlog.sink for backlog in waiting} - configured - told
        for sink in sorted(orphans):
            logger.warning("alerts wait for a sink that is not configured", extra={"sink": sink})
        return orphans


def _tell(loop: asyncio.AbstractEventLoop, function: Callable[[], None]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has just closed: nobody is left to tell
        loop.call_soon_threadsafe(function)
