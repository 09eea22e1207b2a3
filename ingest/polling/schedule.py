"""Who is polled when: one APScheduler job a source, always for its next poll only.

AsyncIOScheduler rather than BackgroundScheduler: a poll is a coroutine that mostly waits for a server, so
all of them share the one event loop of ingest (`LoopThread`); a thread for each of 16 polls would buy
nothing, and the intake they all end in would need locks.

The next poll is planned when the last one is over, from its report: at a moment that only the report knows,
and never two of one source at once. Grace for a late start is unlimited (APScheduler's default of one second
would drop polls after a busy or suspended moment): a poll that is late is still wanted. Plans and pauses are
kept in seconds since boot, so that a step of the time of day moves none of them (`timetable`).
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from time import perf_counter
from typing import Protocol

from apscheduler.events import EVENT_JOB_MAX_INSTANCES, JobEvent

from ingest.metrics import IngestMetrics
from ingest.polling.hearing import Hearing
from ingest.polling.limits import PollLimits, finish
from ingest.polling.pace import PollingConfig, first_pause_s, restart_pause_s, spread_s
from ingest.polling.pauses import HostPauses
from ingest.polling.report import PollReport
from ingest.polling.timetable import LOST, Timetable
from ingest.polling.uplink import RETURN_SPREAD_S
from ingest.progress import Progress
from ingest.sources import Source
from stream.clock import since_boot_s, steps_of
from stream.timing import Clock

logger = logging.getLogger(__name__)

_AFTER_LOSS_S = 60.0
_AFTER_HOLD_S = 30.0
_LOOK_AGAIN_S = 300.0  # while nobody is reached; the first answer plans all anew


class Polls(Protocol):
    """What polls a source."""

    async def poll(self, source: Source, *, is_canary: bool = False) -> PollReport:
        """Poll once; a canary only shows whether there is a network."""
        ...

    async def hold(self, source_id: str, due_at: datetime, detail: str) -> None:
        """Store that a source is not asked before `due_at`, and why."""
        ...

    async def crashed(self, source: Source, error: Exception) -> PollReport:
        """Note that a poll raised."""
        ...

    async def restate(self, source_id: str, left_s: float) -> None:
        """Store when a source is due by the clock as it is now."""
        ...


class Schedule:
    """Polls sources when they are due, politely: so many at once, so many for one host.

    Methods belong to the event loop it was started on, but for those that say otherwise. State lives in the
    store, not here: a restart or a reload changes no plan but that of sources whose own plan has passed.
    """

    def __init__(
        self,
        poller: Polls,
        config: PollingConfig,
        metrics: IngestMetrics,
        clock: Clock,
        elapsed_s: Callable[[], float] = since_boot_s,
    ) -> None:
        self._poller = poller
        self._config = config
        self._metrics = metrics
        self._clock = clock
        self._elapsed_s = elapsed_s
        self._steps = steps_of(clock)
        self._sources: dict[str, Source] = {}
        self._places = PollLimits(config.polls_at_once, config.polls_per_host, metrics)
        self._pauses = HostPauses(elapsed_s)
        self._hearing = Hearing(elapsed_s, metrics)
        self._began: dict[str, tuple[datetime, float]] = {}
        self._answered_s: dict[str, float] = {}
        self._running: dict[str, asyncio.Task[object]] = {}  # polls under way or waiting for a place
        self._waiting: dict[str, list[asyncio.Future[PollReport]]] = defaultdict(list)
        self._is_stopping = False
        self._timetable = Timetable(self._run, self._after_job, elapsed_s)

    async def start(self, sources: Iterable[Source], progress: dict[str, Progress]) -> None:
        """Begin to poll: folders now, servers spread over the first minute.

        Each has a moment of its own that is the same at every start. A poll that was planned for later
        before the restart stays planned.
        """
        self._timetable.start()
        self._sources = {source.id: source for source in sources}
        for source in self._sources.values():
            self._plan_first(source, progress.get(source.id))

    async def reload(self, sources: Iterable[Source], progress: dict[str, Progress]) -> None:
        """Go on with other sources: new ones are begun, those gone are dropped, others keep their plan.

        A poll under way of a source that is dropped or changed still ends as it would. A source that had
        said it was gone is asked once more.
        """
        before, self._sources = self._sources, {source.id: source for source in sources}
        for source_id in before.keys() - self._sources.keys():
            self._timetable.remove(source_id)
        for source in self._sources.values():
            left_s = self._timetable.left_s(source.id)
            if left_s is not None:
                self._timetable.plan(source.id, max(0.0, min(left_s, source.interval_s)))
            elif source.id not in self._running:
                self._plan_first(source, progress.get(source.id))

    async def poll_now(self, source_id: str) -> PollReport:
        """Poll a source without waiting until it is due, and report; joins a poll that is under way.

        Raises KeyError for a source that is not configured; is cancelled when the schedule stops.
        """
        if source_id not in self._sources:
            raise KeyError(source_id)
        report: asyncio.Future[PollReport] = asyncio.get_running_loop().create_future()
        self._waiting[source_id].append(report)
        if self._is_stopping:
            self._answer(source_id, None, None)
        elif source_id not in self._running:
            self._timetable.plan(source_id, 0.0)
        return await report

    async def keep_time(self) -> None:
        """Hold every plan, whatever the time of day did; call it every few seconds.

        After a step that is followed, what is stored of the sources is told in the new time.
        """
        self._timetable.keep_time()
        for canary in self._hearing.keep_time(self._sources.values()):
            self._ask_now(canary)
        if self._steps == (steps := steps_of(self._clock)):
            return
        self._steps = steps
        left = {source_id: self._timetable.left_s(source_id) for source_id in self._sources}
        await asyncio.gather(
            *(
                self._poller.restate(each, max(0.0, left_s))
                for each, left_s in left.items()
                if left_s is not None
            )
        )

    def overdue_s(self) -> float:
        """For how long the longest overdue poll should have begun; 0 when all is well. From any thread."""
        return self._timetable.overdue_s()

    def answered_ago_s(self, source_id: str) -> float | None:
        """Seconds since a source last answered us; None: not since the start. From any thread."""
        at_s = self._answered_s.get(source_id)
        return None if at_s is None else self._elapsed_s() - at_s

    def lost_for_s(self) -> float | None:
        """For how long our own network has been lost; None: it is there. From any thread."""
        return self._hearing.uplink.lost_for_s()

    async def stop(self, timeout_s: float) -> None:
        """Begin no poll from now on; give those under way `timeout_s` to end, then cancel them.

        A cancelled poll has stored everything or nothing. Safe to call twice.
        """
        self._is_stopping = True
        self._timetable.clear()
        for source_id, task in self._running.items():
            if source_id not in self._places.taken:
                task.cancel()
        await finish(set(self._running.values()), timeout_s)
        for source_id in tuple(self._waiting):
            self._answer(source_id, None, None)
        if self._timetable.is_running:
            self._timetable.shutdown()
            await asyncio.sleep(0)  # the scheduler does it in the next turn of the loop

    def _plan_first(self, source: Source, progress: Progress | None) -> None:
        delay_s = 0.0 if source.host is None else spread_s(source.id, self._config.first_polls_spread_s)
        known = progress or Progress(source=source.id)
        longest_s = self._config.longest_backoff_s
        planned_s = first_pause_s(self._clock(), known.due_at, known.polled_at, delay_s, longest_s)
        pause_s = restart_pause_s(known.failures, known.reason, planned_s, delay_s, longest_s)
        self._timetable.plan(source.id, pause_s)

    def _ask_now(self, source: Source) -> None:
        if (self._timetable.left_s(source.id) or 0.0) > 0:  # else it is about to run, or runs
            self._timetable.plan(source.id, 0.0)

    def _ask_all(self) -> None:
        """Poll every server soon, each at a moment of its own: our network is back."""
        for source in self._sources.values():
            left_s = self._timetable.left_s(source.id)
            if source.host is not None and left_s is not None and left_s > 0:
                self._timetable.plan(source.id, min(left_s, spread_s(source.id, RETURN_SPREAD_S)))

    async def _run(self, source_id: str) -> PollReport | None:
        """The job: poll one source, whatever happens. None: there is nothing to plan."""
        self._timetable.begun(source_id)
        self._began[source_id] = self._clock(), self._elapsed_s()
        source = self._sources.get(source_id)
        task = asyncio.current_task()
        if source is None or task is None or self._is_stopping:
            return None
        self._running[source_id] = task
        try:
            async with self._places.take(source):
                return await self._held(source) or await self._poll(source)
        except asyncio.CancelledError:
            if not self._is_stopping:
                raise
            return None
        finally:
            del self._running[source_id]

    async def _held(self, source: Source) -> PollReport | None:
        """The report of a poll that does not take place: its host wants a pause, or nobody is reached."""
        if not self._hearing.uplink.may_poll(source):
            return PollReport(source.id, "held", self._clock() + timedelta(seconds=_LOOK_AGAIN_S))
        left_s = self._pauses.left_s(source.host)
        if left_s <= 0:
            return None
        due_at = self._clock() + timedelta(seconds=left_s + spread_s(source.id, _AFTER_HOLD_S))
        detail = f"{source.host} asked for a pause until {due_at:%H:%M} UTC"
        await self._poller.hold(source.id, due_at, detail)
        return PollReport(source.id, "held", due_at)

    async def _poll(self, source: Source) -> PollReport:
        started, began_s = perf_counter(), self._elapsed_s()
        try:
            report = await self._poller.poll(source, is_canary=self._hearing.uplink.is_lost)
        except Exception as error:  # the top of the loop: one broken source must not end the others
            logger.exception("poll crashed", extra={"source": source.id})
            report = await self._poller.crashed(source, error)
        took_s = perf_counter() - started
        self._metrics.observe_poll(source.id, source.kind, report.end, report.reason, took_s)
        if report.end in ("changed", "unchanged"):
            self._answered_s[source.id] = self._elapsed_s()
        self._pauses.ask(source.host, report.asked_pause_s)
        self._hear(source, report, began_s)
        return report

    def _hear(self, source: Source, report: PollReport, began_s: float) -> None:
        """Learn from a report whether the network is there, and do what follows."""
        sources = self._sources.values()
        match self._hearing.note(source, report, began_s, sources):
            case "ask":
                if (other := self._hearing.uplink.next_to_ask(sources)) is not None:
                    self._ask_now(other)
            case "back":
                self._ask_all()

    def _after_job(self, event: JobEvent) -> None:
        """Plan the next poll, now that the last one is over.

        The listener does it and not the job: APScheduler drops a run that falls due while it still counts
        the last one as running.
        """
        cause = LOST.get(event.code)
        if cause is not None:
            self._metrics.add_lost(cause)
        if event.code == EVENT_JOB_MAX_INSTANCES:
            return  # the poll under way plans the next one
        report: PollReport | None = getattr(event, "retval", None)
        self._answer(event.job_id, report, getattr(event, "exception", None))
        began = self._began.pop(event.job_id, (self._clock(), self._elapsed_s()))
        if self._is_stopping or event.job_id not in self._sources:
            return
        if cause is not None:
            self._timetable.plan(event.job_id, _AFTER_LOSS_S)
        elif report is not None and report.due_at is not None:
            self._timetable.plan(event.job_id, self._pause_s(report.due_at, *began))

    def _pause_s(self, due_at: datetime, began_at: datetime, began_s: float) -> float:
        """Seconds until an instant that was decided in a poll, by the clock before or after a step in it."""
        by_now_s = (due_at - self._clock()).total_seconds()
        by_then_s = (due_at - began_at).total_seconds() - (self._elapsed_s() - began_s)
        return max(0.0, min(by_now_s, by_then_s))

    def _answer(self, source_id: str, report: PollReport | None, error: BaseException | None) -> None:
        for waiting in self._waiting.pop(source_id, []):
            if waiting.done():
                continue
            if report is not None:
                waiting.set_result(report)
            elif error is not None:
                waiting.set_exception(error)
            else:
                waiting.cancel()
