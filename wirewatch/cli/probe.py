"""Fetch feeds once, side by side, with the fetcher and parser that the daemon uses."""

import asyncio
from collections.abc import Sequence
from time import monotonic
from typing import Any

from ingest.feeds.dates import parse_feed_date
from ingest.sources import Polled, PollFailed, PollOutcome, Source, SourceGone
from ingest.sources.feed import FeedSource, FeedSourceConfig
from stream.timing import rfc3339, utc_now
from wirewatch.cli.output import Progress
from wirewatch.configuration import AnySource
from wirewatch.settings import Settings
from wirewatch.wiring.ingest import new_fetcher, new_workers

Row = dict[str, Any]

_AT_ONCE = 32


async def probe_all(configs: Sequence[AnySource], settings: Settings) -> list[Row]:
    """One row a feed, in their order: whether it answers, with how many entries, the newest of when."""
    feeds = [config for config in configs if isinstance(config, FeedSourceConfig)]
    if not feeds:
        return []
    workers, slots = new_workers(settings), asyncio.Semaphore(_AT_ONCE)
    try:
        with Progress("feeds asked", len(feeds)) as progress:
            async with new_fetcher(settings) as fetcher:

                async def one(config: FeedSourceConfig) -> Row:
                    async with slots:
                        row = await _probe(FeedSource(config, fetcher, workers))
                    progress.step()
                    return row

                return list(await asyncio.gather(*map(one, feeds)))
    finally:
        await workers.close(timeout_s=1)


async def _probe(source: Source) -> Row:
    began = monotonic()
    try:
        outcome = await source.poll({}, utc_now())
    except Exception as error:  # noqa: BLE001 - one feed that breaks our code is an answer about that feed
        outcome = PollFailed("parser_failed", f"{type(error).__name__}: {error}")
    return {"source": source.id, **_said(outcome), "seconds": round(monotonic() - began, 2)}


def _said(outcome: PollOutcome) -> Row:
    match outcome:
        case Polled(items=items):
            dates = [at for item in items if (at := parse_feed_date(item.published))]
            newest = rfc3339(max(dates)) if dates else None
            detail = "" if items else "an empty list"
            return {
                "answers": True,
                "entries": len(items),
                "newest": newest,
                "reason": None,
                "detail": detail,
            }
        case PollFailed(reason=reason, detail=detail):
            return _silent(reason, f"{reason}: {detail}")
        case SourceGone(detail=detail):
            return _silent("gone", detail)
        case _:
            return _silent("unchanged", "answers that nothing is new, though it was asked for everything")


def _silent(reason: str, detail: str) -> Row:
    return {"answers": False, "entries": None, "newest": None, "reason": reason, "detail": detail}
