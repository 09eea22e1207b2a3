"""The ingest role: sources are polled and pushed articles taken, on one event loop in its own thread."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from datetime import datetime, timedelta
from functools import partial

from ingest.fetch.fetcher import Fetcher
from ingest.intake import Intake
from ingest.item import RawItem, Rejected
from ingest.loop import LoopThread
from ingest.outcome import IntakeResult, TryLater
from ingest.polling.schedule import Schedule
from ingest.progress import Progress
from ingest.sharing.sharing import Sharing
from ingest.sources import Source
from ingest.sources.push import KIND as PUSH
from ingest.store.ingest_store import IngestStore
from ingest.workers.pool import Workers, WorkersClosedError
from stream.errors import StreamError
from wirewatch.readiness import Verdict
from wirewatch.roles.drainable import DrainableCalls

logger = logging.getLogger(__name__)

_START_S = 30.0
_PUSHES_END_S = 1.5
_POLLS_END_S = 3.0
_WORKERS_END_S = 2.0
_PUSH_PATIENCE_S = 10.0
_WARM_AGAIN_S = 2.0
_LATE_S = 60.0
_LOOK_S = 10.0

NewSources = Callable[[], Sequence[Source]]


class IngestRole:
    """Owns the event loop of ingest; the objects it is given are used on that loop only."""

    name = "ingest"

    def __init__(
        self,
        schedule: Schedule,
        intake: Intake,
        fetcher: Fetcher,
        workers: Workers,
        store: IngestStore,
        new_sources: NewSources,
        sharing: Sharing | None = None,
    ) -> None:
        self._sharing = sharing
        self._changing = threading.Lock()
        self._others: frozenset[str] = frozenset()
        self._schedule = schedule
        self._intake = intake
        self._fetcher = fetcher
        self._workers = workers
        self._store = store
        self._new_sources = new_sources
        self._sources: tuple[Source, ...] = ()
        self._loop = LoopThread()
        self._warming: asyncio.Future[None] | None = None
        self._polling = threading.Lock()
        self._is_polling = False
        self._pushes: DrainableCalls[IntakeResult] = DrainableCalls(self._loop)

    def start(self) -> None:
        """Begin to poll."""
        if self._sharing is not None:
            self._sharing.join(self._ids(), self._move)
        self._sources = self._ours()
        self._loop.start()
        self._loop.call(self._begin(), _START_S)
        self._is_polling = True

    async def _begin(self) -> None:
        self._warming = asyncio.ensure_future(self._warm_up())
        await self._fetcher.__aenter__()
        await self._schedule.start(self._sources, self._store.all_progress())

    async def _warm_up(self) -> None:
        """Start the first extraction process before anybody needs it, however often that takes."""
        while not self._workers.is_warm:
            try:
                await self._workers.warm_up()
            except WorkersClosedError:
                return
            except StreamError as error:
                logger.warning("no extraction process yet", extra={"reason": str(error)})
                await asyncio.sleep(_WARM_AGAIN_S)

    def reload(self) -> None:
        """Go on with the sources as they are configured now, and as far as they are ours."""
        with self._changing:
            self._sources = self._ours()
            self._loop.call(self._schedule.reload(self._sources, self._store.all_progress()), _START_S)

    def reads(self, source_id: str) -> bool:
        """Whether we read a source; what is switched off is nobody's, so that it is everybody's."""
        return source_id not in self._others

    def _ids(self) -> list[str]:
        return [source.id for source in self._new_sources() if source.host is not None]

    def _ours(self) -> tuple[Source, ...]:
        """What we read: of servers our share, and every folder, since a folder is this machine's own."""
        sources = tuple(self._new_sources())
        if self._sharing is None:
            return sources
        owned = self._sharing.owned(source.id for source in sources if source.host is not None)
        ours = tuple(source for source in sources if source.host is None or source.id in owned)
        self._others = frozenset(source.id for source in sources) - {source.id for source in ours}
        return ours

    def _move(self) -> None:
        """Take up sources that others left, and drop those that others took."""
        if self._sharing is not None:
            self._sharing.take_over(self._ids())
        self.reload()
        logger.info("sources shared anew", extra={"count": len(self._sources)})

    def keep_time(self) -> None:
        """Hold the plans of polls whatever the clock did; every few seconds, from any thread."""
        with self._polling:
            if not self._is_polling:
                return
            looking = self._loop.submit(self._schedule.keep_time())
        with contextlib.suppress(CancelledError):  # we are stopping
            looking.result(_LOOK_S)

    async def accept(
        self, items: Sequence[RawItem | Rejected], max_age: timedelta | None
    ) -> IntakeResult | TryLater:
        """Take pushed items; from any event loop. Returns when they are durable, or with `stopping`."""
        accepting = partial(
            self._intake.accept, items, source_id=PUSH, max_age=max_age, patience_s=_PUSH_PATIENCE_S
        )
        return await self._pushes.run(accepting)

    def stop(self) -> None:
        """Begin no poll, let those under way end for a moment, then cancel them: all or nothing is stored.

        Pushes come first, since somebody waits for each of them.
        """
        with self._polling:
            self._is_polling = False
        self._pushes.close(_PUSHES_END_S)
        if self._sharing is not None:
            self._sharing.halt()
        self._loop.call(self._end(), _POLLS_END_S + _WORKERS_END_S + 2)
        self._loop.stop()
        if self._sharing is not None:
            self._sharing.leave()

    async def _end(self) -> None:
        if self._warming is not None:
            self._warming.cancel()
        await self._schedule.stop(_POLLS_END_S)
        await self._workers.close(_WORKERS_END_S)
        await self._fetcher.__aexit__(None, None, None)

    def has_room(self) -> Verdict:
        """Whether the log took what it was last given."""
        accepting = self._intake.is_accepting
        return Verdict(accepting, "the log takes events" if accepting else "no room on the disk")

    def has_workers(self) -> Verdict:
        """Whether an extraction process is warm, so that a push is not the first to wait for one."""
        warm = self._workers.is_warm
        return Verdict(warm, "articles are extracted" if warm else "the first extraction process starts")

    def has_polled(self, now: datetime) -> Verdict:
        """Whether at least one source answered lately; no sources at all is fine (articles may be pushed)."""
        if not self._sources:
            return Verdict(is_ready=True, detail="no source is configured, or none is ours")
        progress = self._store.all_progress()
        agos = [self._answered_ago_s(source.id, progress.get(source.id), now) for source in self._sources]
        lately = [
            ago_s
            for source, ago_s in zip(self._sources, agos, strict=True)
            if ago_s is not None and 0 <= ago_s <= max(300.0, 5 * source.interval_s)
        ]
        if not lately:
            return Verdict(is_ready=False, detail="no source has answered lately")
        latest = now - timedelta(seconds=min(lately))
        return Verdict(is_ready=True, detail=f"last successful poll {latest:%Y-%m-%dT%H:%M:%SZ}")

    def lost_for_s(self) -> float | None:
        """For how long our own network has been lost; None: it is there, or others read the sources too."""
        return self._schedule.lost_for_s() if self._sharing is None else None

    def is_on_time(self) -> Verdict:
        """Whether polls begin when they are due."""
        late_s = self._schedule.overdue_s()
        if late_s < _LATE_S:
            return Verdict(is_ready=True, detail="polls begin when they are due")
        return Verdict(is_ready=False, detail=f"a poll should have begun {late_s:.0f} s ago")

    def _answered_ago_s(self, source_id: str, stored: Progress | None, now: datetime) -> float | None:
        """Seconds since a source answered: as counted here, or by what the store knows from before."""
        ago_s = self._schedule.answered_ago_s(source_id)
        if ago_s is not None or stored is None or stored.succeeded_at is None:
            return ago_s
        return (now - stored.succeeded_at).total_seconds()
