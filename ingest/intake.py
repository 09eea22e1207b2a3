"""Intake: the one way from an item to the log, for what was polled and for what was pushed."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Setting

from ingest.age import gated
from ingest.arrival import Arrival, Repeated, Ruled, arrival, finished
from ingest.fingerprint import Fingerprint, fingerprint, reliable_guids
from ingest.item import RawItem, Rejected
from ingest.metrics import IngestMetrics
from ingest.outcome import IntakeResult, Outcome, TryLater, tally
from ingest.progress import Progress, Tally, plus, received
from ingest.revision import Known, New, Revision
from ingest.store.ingest_store import HandOver, IngestStore
from stream.errors import LogFullError, UnavailableError
from stream.event import ArticleEvent
from stream.failpoint import Failpoint, reach
from stream.timing import Clock

logger = logging.getLogger(__name__)

T = TypeVar("T")
_FEW_ITEMS = 4
"""As many are looked up at once: 30 µs each by a key, less than handing them to a thread and back."""

Advance = Callable[[Progress, Tally], Progress]


class Normaliser(Protocol):
    """Turns items into events."""

    async def normalise(self, items: Sequence[RawItem]) -> Sequence[ArticleEvent | Rejected]:
        """One result for each item, in order; an event as revision 1, first seen when it was found."""
        ...


class Knowledge(Protocol):
    """What several ingesters know together; see `ingest.sharing`."""

    def rule(self, arrivals: Sequence[Arrival], remembered: Sequence[Known | None]) -> list[Arrival]:
        """Decide what each arrived event is; raises UnavailableError when it cannot be asked."""
        ...


class Stored(Protocol):
    """Who must know which revisions are in our log."""

    def stored(self, revisions: Iterable[tuple[str, int]]) -> None:
        """Note them, by event id and number."""
        ...


@dataclass(frozen=True, slots=True)
class Shared:
    """How this ingester goes together with others."""

    knowledge: Knowledge
    publishing: Stored


class IntakeConfig(BaseModel):
    """How much is worked on at once; what is beyond waits at its source."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_items_in_flight: int = Setting(default=400, ge=1, le=10_000)
    items_per_commit: int = Setting(default=100, ge=1, le=5_000)
    full_retry_s: float = Setting(default=10.0, ge=0.1, le=600.0)


class Intake:
    """Takes items, answers with what became of each, after that is durable.

    Belongs to one event loop; other threads reach it through `LoopThread`. A crash at any moment loses
    nothing that was answered and appends nothing twice: what was not answered is handed over again.
    """

    def __init__(
        self,
        store: IngestStore,
        normaliser: Normaliser,
        config: IntakeConfig,
        metrics: IngestMetrics,
        clock: Clock,
        shared: Shared | None = None,
    ) -> None:
        self._shared = shared
        self._store = store
        self._normaliser = normaliser
        self._config = config
        self._metrics = metrics
        self._clock = clock
        self._turn = asyncio.Lock()
        self._freed = asyncio.Event()
        self._in_flight = 0
        self._is_full = False

    @property
    def is_accepting(self) -> bool:
        """Whether there was room on the disk at the last try; for readiness."""
        return not self._is_full

    async def accept(
        self,
        items: Sequence[RawItem | Rejected],
        *,
        source_id: str,
        max_age: timedelta | None,
        advance: Advance | None = None,
        patience_s: float | None = None,
    ) -> IntakeResult | TryLater:
        """Normalise, store and append; one outcome for each item, in order.

        `source_id` is the configured source that the ledger and the metrics count them under; a Rejected
        is an item that the source itself could not use. An article older than `max_age` becomes backlog (see
        `ingest.age`). `advance` moves the source's progress (its cursor) in the transaction of the last
        items, so that a crash never skips any. `patience_s` is how long to wait for a place before the
        answer is TryLater("busy"); None: as long as it takes. After TryLater the items before the refusal
        may be stored; handed over again, they are duplicates. Raises StateError when the state cannot be
        used (locked, damaged): nothing of the last part was stored then.
        """
        outcomes: list[Outcome] = []
        reliable = reliable_guids(items)
        size = min(self._config.items_per_commit, self._config.max_items_in_flight)
        for start in range(0, max(1, len(items)), size):
            chunk = items[start : start + size]
            is_last = start + size >= len(items)
            move = _counting(outcomes, advance or self._note_received) if is_last else None
            if not await self._enter(len(chunk), patience_s):
                return self._refuse("busy", 1.0)
            try:
                arrivals = await self._prepare(chunk, source_id, reliable, max_age)
                arrivals = await self._rule(arrivals)
                outcomes += await self._store_durably(HandOver(source_id, arrivals, move))
                await self._tell_stored(arrivals)
            except UnavailableError as error:
                logger.warning("nobody to share with", extra={"source": source_id, "reason": str(error)})
                return self._refuse("unavailable", self._config.full_retry_s)
            except LogFullError as error:
                logger.warning("no room on the disk", extra={"source": source_id, "reason": str(error)})
                return self._refuse("full", self._config.full_retry_s)
            finally:
                self._leave(len(chunk))
        return IntakeResult(tuple(outcomes), tally(outcomes))

    async def advance(self, source_id: str, change: Callable[[Progress], Progress]) -> TryLater | None:
        """Store the progress of a source that handed over nothing; None when that is durable."""
        try:
            await asyncio.wrap_future(self._store.advance(source_id, change))
        except LogFullError:
            return self._refuse("full", self._config.full_retry_s)
        self._is_full = False
        return None

    async def _prepare(
        self,
        chunk: Sequence[RawItem | Rejected],
        source_id: str,
        reliable: frozenset[tuple[str, str]],
        max_age: timedelta | None,
    ) -> list[Arrival]:
        """Work out what each item is; those handled before cost no work."""
        if len(chunk) <= _FEW_ITEMS:
            marks = self._recognise(chunk, source_id)
        else:
            marks = await asyncio.to_thread(self._recognise, chunk, source_id)
        results = [finished(item, repeated) for item, (_, repeated) in zip(chunk, marks, strict=True)]
        raw = [
            item
            for item, result in zip(chunk, results, strict=True)
            if isinstance(item, RawItem) and not result
        ]
        worked_on = iter(await self._normaliser.normalise(raw)) if raw else iter(())
        now = self._clock()
        found = [_aged(result or next(worked_on), max_age, now) for result in results]
        return [
            arrival(item, mark, result, reliable)
            for item, (mark, _), result in zip(chunk, marks, found, strict=True)
        ]

    def _recognise(
        self, chunk: Sequence[RawItem | Rejected], source_id: str
    ) -> list[tuple[Fingerprint | None, Repeated | None]]:
        marks = [fingerprint(item) if isinstance(item, RawItem) else None for item in chunk]
        recalled = iter(self._store.recognise([mark for mark in marks if mark is not None], source_id))
        return [(mark, None if mark is None else next(recalled)) for mark in marks]

    async def _rule(self, arrivals: list[Arrival]) -> list[Arrival]:
        """Decide together with the other ingesters, before anything goes to our own log."""
        if self._shared is None:
            return arrivals
        remembered = await asyncio.to_thread(self._store.known, arrivals)
        ruled = await asyncio.to_thread(self._shared.knowledge.rule, arrivals, remembered)
        reach(Failpoint.SHARE_RULED)
        return ruled

    async def _tell_stored(self, arrivals: Sequence[Arrival]) -> None:
        if self._shared is None:
            return
        rulings = [one.result.decision for one in arrivals if isinstance(one.result, Ruled)]
        events = [ruling.event for ruling in rulings if isinstance(ruling, New | Revision)]
        revisions = [(event.event_id, event.revision) for event in events]
        await asyncio.to_thread(self._shared.publishing.stored, revisions)

    async def _store_durably(self, hand_over: HandOver) -> tuple[Outcome, ...]:
        outcomes = await asyncio.wrap_future(self._store.record(hand_over))
        reach(Failpoint.INGEST_AFTER_COMMIT)
        self._is_full = False
        self._metrics.add_settled(hand_over.source, tally(outcomes))
        return outcomes

    async def _enter(self, items: int, patience_s: float | None) -> bool:
        """Wait for places; first come, first served, so that many small hand-overs starve no large one."""
        try:
            async with asyncio.timeout(patience_s), self._turn:
                while self._in_flight + items > self._config.max_items_in_flight:
                    self._freed.clear()
                    await self._freed.wait()
        except TimeoutError:
            return False
        self._in_flight += items
        self._metrics.set_in_flight(self._in_flight)
        return True

    def _leave(self, items: int) -> None:
        self._in_flight -= items
        self._metrics.set_in_flight(self._in_flight)
        self._freed.set()

    def _refuse(self, reason: Literal["full", "busy", "unavailable"], after_s: float) -> TryLater:
        self._is_full = self._is_full or reason == "full"
        self._metrics.add_refused(reason)
        return TryLater(reason, after_s)

    def _note_received(self, progress: Progress, total: Tally) -> Progress:
        return received(progress, now=self._clock(), tally=total)


def _aged(found: T, max_age: timedelta | None, now: datetime) -> T | ArticleEvent:
    return gated(found, max_age, now) if isinstance(found, ArticleEvent) else found


def _counting(before: Sequence[Outcome], move: Advance) -> Advance:
    """Let `move` see the tally of the whole hand-over, not of its last part."""
    earlier = tuple(before)
    return lambda progress, last: move(progress, plus(tally(earlier), last))
