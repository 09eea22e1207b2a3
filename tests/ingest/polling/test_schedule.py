import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
import time_machine
from prometheus_client import CollectorRegistry

from ingest.metrics import IngestMetrics
from ingest.polling.pace import PollingConfig, spread_s
from ingest.polling.poll import PollReport
from ingest.polling.schedule import Schedule
from ingest.progress import Progress
from ingest.sources import Source
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

    async def poll(self, source: Source) -> PollReport:
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

    def names(self) -> list[str]:
        return [name for name, _ in self.polls]


class Stage:
    """A schedule on a clock that is stepped."""

    def __init__(self, travel: time_machine.Traveller, **config: object) -> None:
        self.travel = travel
        self.poller = GatedPoller()
        self.registry = CollectorRegistry()
        self.schedule = Schedule(
            self.poller,
            PollingConfig.model_validate({"first_polls_spread_s": 0.0, **config}),
            IngestMetrics(self.registry),
            utc_now,
        )

    async def step(self, seconds: float = 0.0) -> None:
        """Move the clock, and let everything happen that is due by then."""
        self.travel.shift(timedelta(seconds=seconds))
        for _ in range(5):
            self.schedule._scheduler.wakeup()
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


def test_given_a_start_when_the_minute_passes_then_folders_come_first_and_feeds_at_their_moments() -> None:
    async def act(stage: Stage) -> None:
        await started(stage, [feed("a"), feed("b"), feed("inbox", None)])
        for _ in range(60):
            await stage.step(1)

    stage = play(act, first_polls_spread_s=60.0)

    first = dict(reversed(stage.poller.polls))
    assert first["inbox"] == 0
    assert first["a"] == pytest.approx(spread_s("a", 60.0), abs=1)
    assert first["b"] == pytest.approx(spread_s("b", 60.0), abs=1)


def test_given_a_plan_from_before_the_restart_when_started_then_it_holds() -> None:
    async def act(stage: Stage) -> None:
        await started(stage, [feed("a")], {"a": START + timedelta(seconds=500)})
        await stage.step(499)
        assert stage.poller.polls == []
        await stage.step(1)

    assert play(act).poller.polls == [("a", 500)]


def test_given_a_report_when_the_poll_is_over_then_the_next_one_is_when_it_says() -> None:
    async def act(stage: Stage) -> None:
        await started(stage, [feed("a")])
        await stage.step(59)
        await stage.step(1)
        await stage.step(60)

    assert play(act).poller.polls == [("a", 0), ("a", 60), ("a", 120)]


def test_given_more_to_read_when_a_poll_is_over_then_the_next_follows_at_once_and_none_is_dropped() -> None:
    async def act(stage: Stage) -> None:
        rest = [utc_now()] * 3

        def answer(source: Source) -> PollReport:
            return PollReport(source.id, "changed", rest.pop() if rest else utc_now() + timedelta(hours=1))

        stage.poller.answer = answer
        await started(stage, [feed("inbox", None)])
        await stage.step()

    stage = play(act)

    assert stage.poller.names() == ["inbox"] * 4
    assert stage.lost("overlap") == 0


def test_given_a_suspended_machine_when_it_wakes_then_late_polls_still_take_place_once() -> None:
    async def act(stage: Stage) -> None:
        await started(stage, [feed("a"), feed("b")])
        await stage.step(7 * 3_600)

    stage = play(act)

    assert stage.poller.names() == ["a", "b", "a", "b"]
    assert stage.lost("missed") == 0


def test_given_a_source_that_is_gone_when_time_passes_then_it_is_asked_no_more_until_a_reload() -> None:
    async def act(stage: Stage) -> None:
        stage.poller.answer = lambda source: PollReport(source.id, "gone", None, "gone")
        await started(stage, [feed("a")])
        await stage.step(100_000)
        assert stage.poller.names() == ["a"]
        await stage.schedule.reload([feed("a")], {})
        await stage.step()

    assert play(act).poller.names() == ["a", "a"]


def test_given_many_due_sources_when_polled_then_no_more_at_once_than_allowed_and_none_left_out() -> None:
    async def act(stage: Stage) -> None:
        gate = asyncio.Event()
        feeds = [feed(f"f{n}") for n in range(10)]
        stage.poller.gates = {each.id: gate for each in feeds}
        await started(stage, feeds)
        assert len(stage.poller.under_way) == 3
        gate.set()
        await stage.step()

    stage = play(act, polls_at_once=3)

    assert stage.poller.most_at_once == 3
    assert sorted(stage.poller.ended) == sorted(f"f{n}" for n in range(10))


def test_given_many_sources_of_one_host_when_it_hangs_then_other_hosts_and_folders_go_on() -> None:
    async def act(stage: Stage) -> None:
        slow = [feed(f"slow{n}", "slow.example") for n in range(40)]
        stage.poller.gates = {each.id: asyncio.Event() for each in slow}
        await started(stage, [*slow, feed("quick"), feed("inbox", None)])

    stage = play(act, polls_at_once=4, polls_per_host=2)

    assert sorted(stage.poller.names()) == ["inbox", "quick", "slow0", "slow1"]


def test_given_forty_servers_that_hang_when_a_folder_is_due_then_it_waits_for_none_of_them() -> None:
    async def act(stage: Stage) -> None:
        dead = [feed(f"dead{n}") for n in range(40)]
        stage.poller.gates = {each.id: asyncio.Event() for each in dead}
        await started(stage, [*dead, feed("inbox", None)])
        await stage.step(60)
        await stage.step(60)

    assert play(act).poller.ended == ["inbox"] * 3


def test_given_a_poll_that_raises_when_it_is_over_then_it_is_noted_and_planned_and_others_are_not_harmed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def answer(source: Source) -> PollReport:
        if source.id == "a":
            raise ValueError("a bug")
        return in_a_minute(source)

    async def act(stage: Stage) -> None:
        stage.poller.answer = answer
        await started(stage, [feed("a"), feed("b")])
        await stage.step(60)

    stage = play(act)

    assert stage.poller.crashes == ["a: a bug", "a: a bug"]
    assert stage.poller.names() == ["a", "b", "a", "b"]
    assert "poll crashed" in caplog.text
    assert "Traceback" in caplog.text


def test_given_a_state_that_cannot_even_note_a_crash_when_polling_then_the_source_is_tried_again() -> None:
    def answer(_: Source) -> PollReport:
        raise ValueError("beyond help")

    async def act(stage: Stage) -> None:
        stage.poller.answer = answer
        await started(stage, [feed("a")])
        await stage.step(60)

    stage = play(act)

    assert stage.poller.names() == ["a", "a"]
    assert stage.lost("error") == 2


def test_given_a_host_that_asks_for_a_pause_when_its_other_sources_are_due_then_they_wait_too() -> None:
    def answer(source: Source) -> PollReport:
        if source.id == "a":
            return PollReport(
                source.id, "failed", utc_now() + timedelta(hours=1), "http_429", asked_pause_s=600.0
            )
        return in_a_minute(source)

    async def act(stage: Stage) -> None:
        stage.poller.answer = answer
        due = {"b": START + timedelta(seconds=10), "c": START + timedelta(seconds=10)}
        await started(stage, [feed("a", "one"), feed("b", "one"), feed("c", "two")], due)
        await stage.step(10)
        await stage.step(590)
        await stage.step(30)

    polls = play(act).poller.polls

    assert [at for name, at in polls if name == "b"] == [630]
    assert next(at for name, at in polls if name == "c") == 10


def test_given_a_poll_under_way_when_asked_to_poll_now_then_the_caller_joins_it() -> None:
    async def act(stage: Stage) -> None:
        stage.poller.gates["a"] = asyncio.Event()
        await started(stage, [feed("a")])
        asking = [asyncio.create_task(stage.schedule.poll_now("a")) for _ in range(2)]
        await stage.step()
        stage.poller.gates["a"].set()
        reports = await asyncio.gather(*asking)
        assert reports[0] is reports[1]

    stage = play(act)

    assert stage.poller.names() == ["a"]
    assert stage.lost("overlap") == 0


def test_given_a_source_that_is_not_due_when_asked_to_poll_now_then_it_is_polled_and_planned_anew() -> None:
    async def act(stage: Stage) -> None:
        await started(stage, [feed("a")], {"a": START + timedelta(hours=1)})
        asking = asyncio.create_task(stage.schedule.poll_now("a"))
        await stage.step()
        assert (await asking).source == "a"
        with pytest.raises(KeyError):
            await stage.schedule.poll_now("unknown")
        await stage.step(60)

    assert play(act).poller.polls == [("a", 0), ("a", 60)]


def test_given_other_sources_when_reloaded_then_new_begin_old_end_and_the_rest_keep_their_plan() -> None:
    async def act(stage: Stage) -> None:
        await started(stage, [feed("kept"), feed("dropped"), feed("faster")])
        await stage.step(30)
        sources = [feed("kept"), feed("faster", interval_s=5.0), feed("added")]
        await stage.schedule.reload(sources, {})
        await stage.step()
        await stage.step(5)
        await stage.step(25)

    polls = play(act).poller.polls

    assert [at for name, at in polls if name == "kept"] == [0, 60]
    assert [at for name, at in polls if name == "dropped"] == [0]
    assert [at for name, at in polls if name == "added"] == [30]
    assert [at for name, at in polls if name == "faster"][:2] == [0, 35]


def test_given_a_poll_under_way_when_its_source_is_dropped_then_it_ends_and_is_not_planned_again() -> None:
    async def act(stage: Stage) -> None:
        stage.poller.gates["a"] = asyncio.Event()
        await started(stage, [feed("a")])
        await stage.schedule.reload([], {})
        stage.poller.gates["a"].set()
        await stage.step()
        await stage.step(3_600)

    stage = play(act)

    assert stage.poller.names() == stage.poller.ended == ["a"]


def test_given_polls_under_way_when_stopped_then_they_may_end_and_those_waiting_are_not_begun() -> None:
    async def act(stage: Stage) -> None:
        stage.poller.gates = {"a": asyncio.Event(), "b": asyncio.Event()}
        await started(stage, [feed("a", "one"), feed("b", "one")])
        stopping = asyncio.create_task(stage.schedule.stop(5.0))
        await stage.step()
        assert not stopping.done()
        stage.poller.gates["a"].set()
        await stopping

    stage = play(act, polls_per_host=1)

    assert stage.poller.names() == stage.poller.ended == ["a"]


def test_given_a_poll_that_does_not_end_when_stopped_then_it_is_cancelled_and_its_askers_are_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def act(stage: Stage) -> None:
        stage.poller.gates["a"] = asyncio.Event()
        await started(stage, [feed("a")])
        asking = asyncio.create_task(stage.schedule.poll_now("a"))
        await stage.step()
        await stage.schedule.stop(0.01)
        with pytest.raises(asyncio.CancelledError):
            await asking

    stage = play(act)

    assert stage.poller.under_way == stage.poller.ended == []
    assert "Traceback" not in caplog.text
