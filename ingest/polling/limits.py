"""The places among the polls: so many at once, so many for one host."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from ingest.metrics import IngestMetrics
from ingest.sources import Source


class PollLimits:
    """Hands out places; `taken` are the ids of the sources that have one."""

    def __init__(self, at_once: int, per_host: int, metrics: IngestMetrics) -> None:
        self._limit = asyncio.Semaphore(at_once)
        self._host_limits: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(per_host))
        self._metrics = metrics
        self.taken: set[str] = set()

    @asynccontextmanager
    async def take(self, source: Source) -> AsyncIterator[None]:
        """Wait for a place among the polls; a folder needs none, so that dead servers do not delay it.

        The host's place comes first: who waits for a busy host takes nothing from the others.
        """
        async with AsyncExitStack() as places:
            if source.host is not None:
                await places.enter_async_context(self._host_limits[source.host])
                await places.enter_async_context(self._limit)
            self.taken.add(source.id)
            places.callback(self.taken.discard, source.id)
            self._metrics.set_running(len(self.taken))
            yield
        self._metrics.set_running(len(self.taken))


async def finish(tasks: set[asyncio.Task[object]], timeout_s: float) -> None:
    """Wait for tasks; cancel those that take longer, and give them a second to clean up."""
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=timeout_s)
    for task in late:
        task.cancel()
    if late:
        await asyncio.wait(late, timeout=1.0)
