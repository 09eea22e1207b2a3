from datetime import timedelta

import pytest

from ingest.polling.report import PollReport
from ingest.sources import Source
from stream.clock import HOLD_S
from tests.ingest.polling.stage import Answer, Stage, feed, play, started

HOUR_S, DAY_S = 3_600.0, 86_400.0
STEPS_S = [sign * size for sign in (1, -1) for size in (600.0, HOUR_S, DAY_S)] + [30 * DAY_S]


def in_a_minute_by(stage: Stage) -> Answer:
    def answer(source: Source) -> PollReport:
        return PollReport(source.id, "unchanged", stage.clock() + timedelta(seconds=60))

    return answer


@pytest.mark.parametrize("by_s", STEPS_S)
def test_given_a_clock_that_is_stepped_when_time_passes_then_polls_keep_their_pace(by_s: float) -> None:
    async def act(stage: Stage) -> None:
        stage.poller.answer = in_a_minute_by(stage)
        await started(stage, [feed("a")])
        await stage.step(30)
        stage.set_clock(by_s)
        for _ in range(60):
            await stage.step(5)

    stage = play(act)

    assert len(stage.poller.polls) == pytest.approx(1 + 330 / 60, abs=1)
    assert stage.clock.steps == 1
    assert stage.schedule.overdue_s() == 0


def test_given_a_clock_that_is_wrong_for_seconds_when_time_passes_then_nothing_sees_it() -> None:
    async def act(stage: Stage) -> None:
        stage.poller.answer = in_a_minute_by(stage)
        await started(stage, [feed("a")])
        stage.set_clock(30 * DAY_S)
        for _ in range(9):
            await stage.step(5)
        stage.set_clock(-30 * DAY_S)
        await stage.step(15)

    stage = play(act)

    assert stage.poller.names() == ["a", "a"]
    assert stage.clock.steps == 0
    assert stage.poller.restated == []


def test_given_a_step_that_stays_when_followed_then_stored_plans_are_told_in_the_new_time() -> None:
    async def act(stage: Stage) -> None:
        stage.poller.answer = lambda source: PollReport(
            source.id, "unchanged", stage.clock() + timedelta(seconds=900)
        )
        await started(stage, [feed("a")])
        stage.set_clock(-HOUR_S)
        await stage.step(1)
        await stage.step(HOLD_S)

    stage = play(act)

    assert stage.poller.restated == [("a", 900 - 1 - HOLD_S)]


def test_given_a_host_that_asked_for_a_pause_when_the_clock_is_stepped_back_then_it_lasts_no_longer() -> None:
    def ask_for_a_pause(stage: Stage) -> Answer:
        def answer(source: Source) -> PollReport:
            due_at = stage.clock() + timedelta(seconds=100)
            return PollReport(source.id, "failed", due_at, "http_429", asked_pause_s=100.0)

        return answer

    async def act(stage: Stage) -> None:
        stage.poller.answer = ask_for_a_pause(stage)
        await started(stage, [feed("a", "one")])
        stage.set_clock(-DAY_S)
        await stage.step(99)
        assert stage.poller.names() == ["a"]
        await stage.step(2)

    assert play(act).poller.names() == ["a", "a"]


def test_given_plans_that_no_job_follows_when_asked_then_the_schedule_says_how_late_it_is() -> None:
    async def act(stage: Stage) -> None:
        stage.poller.answer = in_a_minute_by(stage)
        await started(stage, [feed("a")])
        assert stage.schedule.answered_ago_s("a") == 0
        stage.travel.shift(timedelta(seconds=200))  # and nobody keeps the time
        assert stage.schedule.overdue_s() == 140
        assert stage.schedule.answered_ago_s("a") == 200

    play(act)
