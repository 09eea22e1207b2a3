"""What `wirewatch doctor --deep` tries: every sink, and a few feeds of different hosts."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime

from alerts.sinks import Delivered, Sink
from alerts.sinks.console import ConsoleConfig
from alerts.sinks.trial import try_sink
from ingest.sources.feed import FeedSourceConfig
from ingest.urls import host_of
from stream.config.problem import ConfigError
from stream.timing import utc_now
from wirewatch.cli.diagnosis import Finding
from wirewatch.cli.probe import Row, probe_all
from wirewatch.cli.session import Session
from wirewatch.configuration import load_sinks, load_sources
from wirewatch.settings import Settings, secrets_of
from wirewatch.wiring.sinks import new_channel

_FEEDS = 8


def try_out(session: Session) -> Iterator[tuple[str, Finding]]:
    """Send each sink a test alert, and fetch eight feeds; nothing where the configuration is broken."""
    try:
        settings = session.settings()
    except ConfigError:
        return
    yield from _sinks(session, settings)
    yield "sources", _sources(session, settings)


def _sinks(session: Session, settings: Settings) -> Iterator[tuple[str, Finding]]:
    loaded = load_sinks(session.config_dir)
    session.secrets.extend(secrets_of(loaded.sinks))
    for name, config in loaded.sinks.items():
        if isinstance(config, ConsoleConfig):  # it would print into our own answer
            yield f"sink {name}", Finding("ok", "prints on standard output, not tried")
            continue
        yield f"sink {name}", asyncio.run(_try(new_channel(name, config, settings).sink, utc_now()))


async def _try(sink: Sink, now: datetime) -> Finding:
    outcome = await try_sink(sink, now)
    if isinstance(outcome, Delivered):
        return Finding("ok", f"took a test alert{f': {outcome.detail}' if outcome.detail else ''}")
    reason = getattr(outcome, "reason", "gone")
    return Finding("bad", f"{reason}: {outcome.detail}" if outcome.detail else reason)


def _sources(session: Session, settings: Settings) -> Finding:
    loaded = load_sources(session.config_dir)
    feeds = [one for one in loaded.value.sources if one.enabled] if loaded.value else []
    sample = sample_of([one for one in feeds if isinstance(one, FeedSourceConfig)])
    if not sample:
        return Finding("ok", "no feed to try")
    session.secrets.extend(secrets_of(sample))
    return _judged(asyncio.run(probe_all(sample, settings)))


def sample_of(feeds: Sequence[FeedSourceConfig]) -> list[FeedSourceConfig]:
    """Up to eight feeds of as many hosts, from all over the list."""
    by_host = list({host_of(feed.url): feed for feed in feeds}.values())
    return by_host[:: max(1, len(by_host) // _FEEDS)][:_FEEDS]


def _judged(rows: Sequence[Row]) -> Finding:
    silent = [row for row in rows if not row["answers"]]
    said = f"{len(rows) - len(silent)} of {len(rows)} feeds tried answer"
    if not silent:
        return Finding("ok", said)
    first = f"{said}; {silent[0]['source']}: {silent[0]['detail']}"
    return Finding("bad" if len(silent) == len(rows) else "warn", first)
