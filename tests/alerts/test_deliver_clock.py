from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from alerts.schedule import PAUSE_AFTER_FAILURES, WEBHOOK, SinkState
from alerts.sinks import RetryLater
from alerts.store.database import Database
from alerts.store.dead_letters import DeadLetters
from stream.clock import HOLD_S, SteadyClock
from tests.alerts.office import Office
from tests.support.alerting import NOON
from tests.support.sinks import HangingSink, ScriptedSink
from tests.support.waiting import wait_for

DAY_S = 86_400.0
DOWN = [RetryLater(None, "connection")] * 99


class Machine:
    """A time of day that is set at will, and seconds in which it ran."""

    def __init__(self) -> None:
        self.ran_s = 0.0
        self.wrong_by_s = 0.0
        self.clock = SteadyClock(self.wall, self.elapsed_s)

    def wall(self) -> datetime:
        return NOON + timedelta(seconds=self.ran_s + self.wrong_by_s)

    def elapsed_s(self) -> float:
        return self.ran_s

    def step(self, seconds: float) -> None:
        self.wrong_by_s += seconds
        self.clock.look()

    def run(self, seconds: float) -> None:
        self.ran_s += seconds
        self.clock.look()

    def passes(self, seconds: float, is_enough: bool) -> bool:
        """Let time pass, unless it is enough."""
        if not is_enough:
            self.run(seconds)
        return is_enough


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setattr("alerts.lane.LOOK_EVERY_S", 0.02)
    return Machine()


@pytest.fixture
def house(database: Database, machine: Machine) -> Office:
    return Office(database, machine.clock, machine.elapsed_s)


def test_given_a_clock_a_month_ahead_for_seconds_when_a_sink_fails_then_nothing_is_given_up_or_paused(
    house: Office, machine: Machine
) -> None:
    sink = ScriptedSink("hook", DOWN[:PAUSE_AFTER_FAILURES])
    house.store(*(f"{number}" for number in range(PAUSE_AFTER_FAILURES)))
    machine.step(30 * DAY_S)

    with house.running(house.deliver(sink)):
        wait_for(lambda: house.post.states.load("hook").failures == PAUSE_AFTER_FAILURES)
        machine.run(30)
        machine.step(-30 * DAY_S)
        wait_for(lambda: house.states() == {"delivered": PAUSE_AFTER_FAILURES})


def test_given_a_clock_a_month_ahead_that_stays_when_a_sink_fails_then_nothing_is_given_up(
    house: Office, machine: Machine, database: Database
) -> None:
    sink = ScriptedSink("hook", DOWN[:20])
    house.store(*"abc")

    with house.running(house.deliver(sink)):
        wait_for(lambda: len(sink.keys) == 3)
        machine.step(30 * DAY_S)
        machine.run(HOLD_S)
        wait_for(lambda: machine.passes(301, house.states() == {"delivered": 3}))

    assert len(sink.keys) == 23
    assert DeadLetters(database).list() == []


@pytest.mark.parametrize("by_s", [-3_600.0, -DAY_S])
def test_given_a_clock_set_back_when_followed_then_a_delivery_waits_no_longer_than_its_delay(
    house: Office, machine: Machine, by_s: float
) -> None:
    sink = ScriptedSink("hook", DOWN[:1])
    house.store("a")

    with house.running(house.deliver(sink)):
        wait_for(lambda: house.post.states.load("hook").failures == 1)
        machine.step(by_s)
        machine.run(HOLD_S)
        wait_for(lambda: machine.passes(1, house.states() == {"delivered": 1}))

    assert machine.ran_s < HOLD_S + 60


def test_given_a_send_under_way_when_the_clock_is_set_forward_then_its_lease_does_not_run_out(
    house: Office, machine: Machine
) -> None:
    sink = HangingSink("hook")
    house.store("a", "b")
    deliver = house.deliver(sink, grace_s=20, concurrency=2)

    with house.running(deliver):
        assert sink.begun.wait(timeout=20)
        machine.step(DAY_S)
        machine.run(HOLD_S)
        house.store("c")
        sink.release()
        wait_for(lambda: house.states() == {"delivered": 3})

    assert sorted(sink.keys) == ["a-hook", "b-hook", "c-hook"]
    assert house.count("wirewatch_delivery_uncertain_total", sink="hook") == 0


def test_given_a_state_from_a_clock_that_was_ahead_when_started_then_deliveries_go_on(
    house: Office, machine: Machine, database: Database
) -> None:
    ahead = NOON + timedelta(days=30)
    house.store("a")
    house.post.states.save("hook", SinkState(9, ahead, ahead + timedelta(seconds=15), 0.0, 15.0))
    with database.write() as connection:
        late = {"at": int(ahead.timestamp() * 1e6)}
        connection.execute(sa.text("UPDATE deliveries SET next_attempt_at = :at, queued_at = :at"), late)
    sink = ScriptedSink("hook")

    with house.running(house.deliver(sink)):
        wait_for(lambda: house.post.states.load("hook").paused_until == NOON + timedelta(seconds=15))
        wait_for(lambda: machine.passes(1, house.states() == {"delivered": 1}))

    assert machine.ran_s < 60


def test_given_a_sink_seen_failing_for_longer_than_its_schedule_when_probed_then_what_waited_is_buried(
    house: Office, machine: Machine, database: Database
) -> None:
    sink = ScriptedSink("hook", DOWN)
    house.store(*"abcd")

    with house.running(house.deliver(sink)):
        wait_for(lambda: house.post.states.load("hook").failures == 4)
        machine.run(3_600)
        house.store("e")
        wait_for(lambda: machine.passes(1_200, house.states()["dead"] > 0))

    assert house.states() == {"dead": 4, "pending": 1}
    assert machine.ran_s > WEBHOOK.lifetime_s

    assert {letter.reason for letter in DeadLetters(database).list()} == {"connection"}
