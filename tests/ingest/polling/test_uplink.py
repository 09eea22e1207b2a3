"""Our own network, lost and found, on a clock that is stepped."""

import logging
from datetime import timedelta

import pytest

from ingest.polling.report import PollFailure, PollReport
from ingest.progress import Progress
from ingest.sources import Source
from stream.timing import utc_now
from tests.ingest.polling.stage import Stage, feed, in_a_minute, play, started
from tests.ingest.world import START

FEEDS = [feed(f"f{n}") for n in range(84)]
FOLDER = feed("inbox", None)


def cannot_reach(source: Source) -> PollReport:
    """What polls come to while the network is gone; folders do not notice."""
    if source.host is None:
        return in_a_minute(source)
    due_at = utc_now() + timedelta(seconds=65)
    failure = PollFailure("dns", f"no such name: {source.host}", 1, 65.0)
    return PollReport(source.id, "failed", due_at, "dns", failure=failure)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


async def in_small_steps(stage: Stage, seconds: int) -> None:
    for _ in range(seconds):
        await stage.step(1)


def test_given_no_network_when_first_started_then_one_line_says_so_and_folders_are_read(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def act(stage: Stage) -> None:
        stage.poller.answer = cannot_reach
        await started(stage, [*FEEDS, FOLDER])
        await in_small_steps(stage, 300)

    stage = play(act, first_polls_spread_s=60.0)

    assert lines(caplog) == ["no source can be reached"]
    assert stage.poller.names().count("inbox") == 6
    assert stage.registry.get_sample_value("wirewatch_network_lost") == 1


def test_given_a_lost_network_when_time_passes_then_a_few_hosts_in_turn_are_asked_and_no_other() -> None:
    async def act(stage: Stage) -> None:
        stage.poller.answer = cannot_reach
        await started(stage, FEEDS)
        await in_small_steps(stage, 15)
        stage.poller.polls.clear()
        await in_small_steps(stage, 15 * 28)

    asked = play(act, first_polls_spread_s=60.0).poller

    assert len(asked.polls) == len(asked.canaries) == 84
    assert set(asked.names()) == {one.id for one in FEEDS}


def test_given_a_lost_network_when_it_is_back_after_a_day_then_all_are_polled_within_two_minutes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    back_s = 0.0

    async def act(stage: Stage) -> None:
        nonlocal back_s
        await started(stage, FEEDS)
        await in_small_steps(stage, 61)
        stage.poller.answer = cannot_reach
        for _ in range(24 * 6):
            await stage.step(600)
        stage.poller.answer = in_a_minute
        stage.poller.polls.clear()
        back_s = (utc_now() - START).total_seconds()
        await in_small_steps(stage, 120)

    stage = play(act, first_polls_spread_s=60.0)

    first = dict(reversed(stage.poller.polls))
    assert first.keys() == {one.id for one in FEEDS}
    assert max(first.values()) - back_s <= 120
    assert len({round(at_s) for at_s in first.values()}) > 30
    assert lines(caplog) == ["no source can be reached", "the network is back"]


def test_given_one_dead_host_among_others_when_polled_then_it_is_named_and_nobody_blames_the_network(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def act(stage: Stage) -> None:
        dead = {f"f{n}" for n in range(20)}
        stage.poller.answer = lambda one: cannot_reach(one) if one.id in dead else in_a_minute(one)
        await started(stage, FEEDS)
        await in_small_steps(stage, 600)

    stage = play(act, first_polls_spread_s=60.0)

    assert set(lines(caplog)) == {"poll failed"}
    named = {record.__dict__["source"] for record in caplog.records if record.getMessage() == "poll failed"}
    assert named == {f"f{n}" for n in range(20)}
    assert stage.poller.canaries == []


def test_given_the_only_host_when_it_fails_then_it_is_that_host_that_is_named(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def act(stage: Stage) -> None:
        stage.poller.answer = cannot_reach
        await started(stage, [feed("a")])
        await in_small_steps(stage, 10)

    play(act)

    assert lines(caplog) == ["poll failed"]


def test_given_a_few_hosts_that_answer_with_errors_when_polled_then_the_network_is_there() -> None:
    async def act(stage: Stage) -> None:
        stage.poller.answer = lambda one: PollReport(
            one.id, "failed", utc_now() + timedelta(seconds=65), "http_5xx"
        )
        await started(stage, FEEDS)
        await in_small_steps(stage, 120)

    assert play(act, first_polls_spread_s=60.0).registry.get_sample_value("wirewatch_network_lost") == 0


def test_given_a_back_off_from_before_when_restarted_then_who_was_not_reached_is_asked_within_a_minute() -> (
    None
):
    async def act(stage: Stage) -> None:
        due_at = START + timedelta(hours=20)
        before = {
            "unreached": Progress(source="unreached", failures=9, reason="dns", due_at=due_at),
            "broken": Progress(source="broken", failures=9, reason="http_5xx", due_at=due_at),
        }
        await stage.schedule.start([feed("unreached"), feed("broken")], before)
        await in_small_steps(stage, 60)
        assert stage.poller.names() == ["unreached"]
        for _ in range(66):
            await stage.step(60)
        assert "broken" in stage.poller.names()

    play(act, first_polls_spread_s=60.0)


def test_given_a_host_that_asked_for_a_pause_when_its_other_source_is_due_then_that_is_stored() -> None:
    async def act(stage: Stage) -> None:
        stage.poller.answer = lambda one: PollReport(
            one.id, "failed", utc_now() + timedelta(hours=1), "throttled", asked_pause_s=1_200.0
        )
        await started(stage, [feed("a", "busy.example")])
        await stage.schedule.reload([feed("a", "busy.example"), feed("b", "busy.example")], {})
        await stage.step(1)

    ((source, detail),) = play(act).poller.holds

    assert source == "b"
    assert "busy.example asked for a pause until" in detail
