"""The parts of ingest put together on a temporary folder, with a clock to step and a plain normaliser."""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prometheus_client import CollectorRegistry

from ingest.intake import Intake, IntakeConfig, Normaliser, Shared
from ingest.item import RawItem, Rejected
from ingest.metrics import IngestMetrics
from ingest.polling.pace import PollingConfig
from ingest.polling.poll import Poller
from ingest.store.ingest_store import MIGRATIONS, IngestStore
from stream.db import Database
from stream.event import ArticleEvent, content_hash, decode, identity
from stream.sqlite_log import SqliteLog

START = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


class StepClock:
    """Stands still until it is stepped."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def step(self, **span: float) -> None:
        self.now += timedelta(**span)


class PlainNormaliser:
    """Takes title and text as they are; counts what it was given, to show what cost no work."""

    def __init__(self) -> None:
        self.worked_on: list[str] = []

    async def normalise(self, items: Sequence[RawItem]) -> list[ArticleEvent | Rejected]:
        self.worked_on += [item.title or "" for item in items]
        return [_normalised(item) for item in items]


def _normalised(item: RawItem) -> ArticleEvent | Rejected:
    text = item.text or item.page_text or ""
    if not item.title and not text:
        return Rejected("empty", "no title and no text", item.source, item.locator)
    key = f"{item.source}\n{item.guid}" if item.identity == "guid" else item.url or f"{item.title}\n{text}"
    title = item.title or text.splitlines()[0]
    return ArticleEvent(
        event_id=identity(key),
        source=item.source,
        title=title,
        text=text,
        url=item.url,
        guid=item.guid,
        first_seen_at=item.found_at,
        published_at=datetime.fromisoformat(item.published) if item.published else None,
        content_hash=content_hash(title, text),
        body_kind="full" if text else "none",
    )


def item(
    title: str | None = "Ankara and Tehran sign", text: str = "Ministers met.", **more: object
) -> RawItem:
    values: dict[str, object] = {"source": "wire", "found_at": START, "title": title, "text": text, **more}
    return RawItem(**values)  # type: ignore[arg-type]  # the test names the fields


class World:
    """One database, log, store and intake."""

    def __init__(
        self,
        folder: Path,
        normaliser: Normaliser | None = None,
        clock: StepClock | None = None,
        share: "Callable[[World], Shared] | None" = None,
        **limits: int,
    ) -> None:
        self.clock = clock or StepClock()
        self.plain = PlainNormaliser()
        self.registry = CollectorRegistry()
        self.metrics = IngestMetrics(self.registry)
        self.database = Database(folder / "ingest.db", [*SqliteLog.MIGRATIONS, *MIGRATIONS])
        self.log = SqliteLog(self.database, clock=self.clock)
        self.store = IngestStore(self.database, self.log, self.clock)
        config = IntakeConfig.model_validate(limits)
        self.intake = Intake(
            self.store,
            normaliser or self.plain,
            config,
            self.metrics,
            self.clock,
            share(self) if share else None,
        )
        self.polling = PollingConfig()
        self.poller = Poller(self.intake, self.store, self.polling, self.clock, random.Random(7))

    def events(self) -> list[ArticleEvent]:
        """Everything on the log, in order."""
        return [decode(record.value) for record in self.log.read(0, 100_000)]

    def metric(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, labels) or 0.0


@contextmanager
def world(folder: Path, normaliser: Normaliser | None = None, **limits: int) -> Iterator[World]:
    """Open a world, and close its database even if the test fails."""
    opened = World(folder, normaliser, None, None, **limits)
    try:
        yield opened
    finally:
        opened.database.close()
