"""Polling a feed that a publisher on loopback serves."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiohttp import web

from ingest.feeds.parse import Result
from ingest.fetch import Fetcher, FetchOptions
from ingest.item import RawItem
from ingest.sources import Polled, PollOutcome, Source, Unchanged
from ingest.sources.feed import FeedSource, FeedSourceConfig
from stream.net import NetPolicy
from tests.support.loopback import serving

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

ITEM = "<item><title>News {n}</title><link>https://news.example/{n}</link><guid>g{n}</guid></item>"


class HereAndNow:
    """Runs the parser in this process: these tests are about the source."""

    async def run(self, function: Callable[..., Result], *args: object, timeout_s: float) -> Result:
        assert timeout_s > 0
        return function(*args)


class TooSlow:
    async def run(self, function: Callable[..., Result], *args: object, timeout_s: float) -> Result:
        raise TimeoutError(f"{function.__name__} of {len(args)} took {timeout_s}")


class Elsewhere:
    """A spawned process, as in production."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    async def run(self, function: Callable[..., Result], *args: object, timeout_s: float) -> Result:
        future = asyncio.get_running_loop().run_in_executor(self._pool, function, *args)
        return await asyncio.wait_for(future, timeout_s)


@dataclass
class Publisher:
    """A server whose feed a test can change."""

    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    asked: list[dict[str, str]] = field(default_factory=list)

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(dict(request.headers))
        etag = self.headers.get("ETag")
        if etag and request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(status=self.status, text=self.body, headers=self.headers)

    def publish(self, *items: str, head: str = "<title>Harbour News</title>") -> None:
        self.body = f"<rss version='2.0'><channel>{head}{''.join(items)}</channel></rss>"


def poll_once(
    server: Publisher,
    /,
    *,
    cursors: list[dict[str, str]] | None = None,
    runner: HereAndNow | TooSlow | Elsewhere | None = None,
    **config: object,
) -> PollOutcome:
    async def run() -> PollOutcome:
        async with (
            serving(server) as base,
            Fetcher(NetPolicy(allow=("127.0.0.1",)), FetchOptions(), version="1") as fetcher,
        ):
            settings = FeedSourceConfig.model_validate({"id": "harbour", "url": base + "/feed", **config})
            source: Source = FeedSource(settings, fetcher, runner or HereAndNow())
            cursor = {**cursors[-1], "url": base + "/feed"} if cursors and cursors[-1] else {}
            outcome = await source.poll(cursor, NOW)
            if cursors is not None and isinstance(outcome, Polled | Unchanged):
                cursors.append(outcome.cursor)
            return outcome

    return asyncio.run(run())


def items_of(outcome: PollOutcome) -> tuple[RawItem, ...]:
    assert isinstance(outcome, Polled), outcome
    return outcome.items
