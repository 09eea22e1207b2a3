"""A source whose answers a test writes down beforehand."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from ingest.item import RawItem, Rejected
from ingest.sources import Polled, PollOutcome


class ScriptedSource:
    """Gives the answers of its script in turn, the last one again and again; an exception is raised."""

    def __init__(
        self,
        source_id: str = "wire",
        script: Iterable[PollOutcome | Exception] = (),
        *,
        host: str | None = "example.org",
        interval_s: float = 900.0,
    ) -> None:
        self.id = source_id
        self.kind = "feed"
        self.interval_s = interval_s
        self.host = host
        self.max_age: timedelta | None = None
        self.script = list(script)
        self.cursors: list[dict[str, str]] = []
        self.polled = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def poll(self, cursor: Mapping[str, str], now: datetime) -> PollOutcome:
        del now
        self.cursors.append(dict(cursor))
        self.polled.set()
        await self.go_on.wait()
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def polled(
    *items: RawItem, rejected: tuple[Rejected, ...] = (), etag: str = "1", after_s: float | None = None
) -> Polled:
    return Polled(items, {"etag": etag}, rejected, after_s)
