import asyncio
from datetime import timedelta

import pytest

from ingest.polling.report import PollReport
from ingest.sources import Source
from stream.timing import utc_now
from tests.ingest.polling.stage import Stage, feed, in_a_minute, play, started
from tests.ingest.world import START


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
