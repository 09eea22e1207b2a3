import asyncio
from datetime import timedelta

import pytest

from ingest.polling.pace import spread_s
from ingest.polling.report import PollReport
from ingest.sources import Source
from stream.timing import utc_now
from tests.ingest.polling.stage import Stage, feed, play, started
from tests.ingest.world import START


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
