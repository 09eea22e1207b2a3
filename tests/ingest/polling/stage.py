"""A schedule played against a clock of the test's own."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import time_machine
from prometheus_client import CollectorRegistry

from ingest.metrics import IngestMetrics
from ingest.polling.pace import PollingConfig
from ingest.polling.report import PollReport
from ingest.polling.schedule import Schedule
from ingest.progress import Progress
from ingest.sources import Source
from stream.clock import SteadyClock
from stream.timing import utc_now
from tests.ingest.scripted import ScriptedSource
from tests.ingest.world import START

DEADLINE_S = 10.0


Answer = Callable[[Source], PollReport]


def in_a_minute(source: Source) -> PollReport:
    return PollReport(source.id, "unchanged", utc_now() + timedelta(seconds=60))


class GatedPoller:
    """Polls in memory: answers as told, may be held at a gate, and remembers who was polled when."""

    def __init__(self) -> None:
        self.answer: Answer = in_a_minute
        self.gates: dict[str, asyncio.Event] = {}
        self.polls: list[tuple[str, float]] = []
        self.under_way: list[str] = []
        self.most_at_once = 0
        self.ended: list[str] = []
        self.crashes: list[str] = []
        self.restated: list[tuple[str, float]] = []
        self.holds: list[tuple[str, str]] = []
        self.canaries: list[str] = []

    async def poll(self, source: Source, *, is_canary: bool = False) -> PollReport:
        if is_canary:
            self.canaries.append(source.id)
        self.polls.append((source.id, (utc_now() - START).total_seconds()))
        self.under_way.append(source.id)
        self.most_at_once = max(self.most_at_once, len(self.under_way))
        try:
            if source.id in self.gates:
                await self.gates[source.id].wait()
            self.ended.append(source.id)
            return self.answer(source)
        finally:
            self.under_way.remove(source.id)

    async def crashed(self, source: Source, error: Exception) -> PollReport:
        self.crashes.append(f"{source.id}: {error}")
        if str(error) == "beyond help":
            raise error
        return PollReport(source.id, "crashed", utc_now() + timedelta(seconds=60), "bug")

    async def restate(self, source_id: str, left_s: float) -> None:
        self.restated.append((source_id, left_s))

    async def hold(self, source_id: str, due_at: datetime, detail: str) -> None:
        self.holds.append((source_id, f"{due_at:%H:%M} {detail}"))

    def names(self) -> list[str]:
        return [name for name, _ in self.polls]


class Stage:
    """A schedule on a clock that is stepped."""

    def __init__(self, travel: time_machine.Traveller, **config: object) -> None:
        self.travel = travel
        self.wrong_by_s = 0.0
        self.clock = SteadyClock(utc_now, self.elapsed_s)
        self.poller = GatedPoller()
        self.registry = CollectorRegistry()
        self.schedule = Schedule(
            self.poller,
            PollingConfig.model_validate({"first_polls_spread_s": 0.0, **config}),
            IngestMetrics(self.registry),
            self.clock,
            self.elapsed_s,
        )

    def elapsed_s(self) -> float:
        return (utc_now() - START).total_seconds() - self.wrong_by_s

    def set_clock(self, seconds: float) -> None:
        """Step the time of day, and nothing else."""
        self.wrong_by_s += seconds
        self.travel.shift(timedelta(seconds=seconds))

    async def step(self, seconds: float = 0.0) -> None:
        """Let time pass, and let everything happen that is due by then."""
        self.travel.shift(timedelta(seconds=seconds))
        for _ in range(5):
            self.clock.look()
            await self.schedule.keep_time()
            for _ in range(20):
                await asyncio.sleep(0)

    def lost(self, cause: str) -> float:
        return self.registry.get_sample_value("wirewatch_poll_jobs_lost_total", {"cause": cause}) or 0.0


def feed(name: str, host: str | None = "", interval_s: float = 900.0) -> ScriptedSource:
    return ScriptedSource(name, host=f"{name}.example" if host == "" else host, interval_s=interval_s)


def play(act: Callable[[Stage], Coroutine[object, object, None]], **config: object) -> Stage:
    """Run an act to its end on a new stage, and stop the schedule."""

    async def run() -> Stage:
        with time_machine.travel(START, tick=False) as travel:
            stage = Stage(travel, **config)
            async with asyncio.timeout(DEADLINE_S), stopped_after(stage):
                await act(stage)
            return stage

    return asyncio.run(run())


@asynccontextmanager
async def stopped_after(stage: Stage) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await stage.schedule.stop(0.0)


async def started(stage: Stage, sources: Iterable[Source], due: dict[str, datetime] | None = None) -> None:
    progress = {name: Progress(source=name, due_at=at) for name, at in (due or {}).items()}
    await stage.schedule.start(sources, progress)
    await stage.step()
