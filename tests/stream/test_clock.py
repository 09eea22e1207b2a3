import logging
from datetime import timedelta

import pytest

from stream.clock import HOLD_S, SETTLED_S, SteadyClock, is_settled, since_boot_s, steps_of
from stream.timing import utc_now
from tests.support.alerting import NOON

MONTH_S = 30 * 86_400.0


class Machine:
    """A time of day and seconds since boot that the test moves."""

    def __init__(self) -> None:
        self.since_boot_s = 1_000.0
        self.wall = NOON
        self.clock = SteadyClock(lambda: self.wall, lambda: self.since_boot_s)

    def step(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)

    def run(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.since_boot_s += seconds
        self.clock.look()


def test_given_time_that_passes_when_asked_then_the_clock_moves_with_it() -> None:
    machine = Machine()

    machine.since_boot_s += 3_600  # nobody has looked yet

    assert machine.clock() == NOON + timedelta(hours=1)


def test_given_a_clock_that_is_slewed_when_looked_at_then_it_is_followed_at_once() -> None:
    machine = Machine()

    for _ in range(100):
        machine.step(0.5)
        machine.run(5)

    assert machine.clock() == machine.wall
    assert steps_of(machine.clock) == 0


@pytest.mark.parametrize("by_s", [600.0, -600.0, 86_400.0, -86_400.0, MONTH_S])
def test_given_a_step_when_it_stays_for_a_minute_then_it_is_followed_once_and_not_before(by_s: float) -> None:
    machine = Machine()
    before = machine.clock()

    machine.step(by_s)
    machine.run(1)
    machine.run(HOLD_S - 1)
    held = machine.clock()
    machine.run(1)

    assert held - before == timedelta(seconds=HOLD_S)
    assert machine.clock() == machine.wall
    assert machine.clock.steps == 1


def test_given_a_clock_that_is_wrong_for_seconds_when_right_again_then_nothing_has_seen_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    machine = Machine()

    with caplog.at_level(logging.WARNING):
        machine.step(MONTH_S)
        machine.run(30)
        machine.step(-MONTH_S)
        machine.run(300)

    assert machine.clock() == machine.wall
    assert machine.clock.steps == 0
    assert [record.message for record in caplog.records] == [
        "the clock was stepped; followed if it stays so for a minute",
        "the clock is right again; its step was not followed",
    ]


def test_given_a_clock_that_jumps_about_when_looked_at_then_no_place_is_followed_before_it_stays() -> None:
    machine = Machine()

    for by_s in (600, -900, 86_400, -80_000):
        machine.step(by_s)
        machine.run(HOLD_S - 1)

    assert machine.clock.steps == 0


def test_given_a_start_or_a_step_when_asked_then_the_clock_is_not_settled_for_an_hour() -> None:
    machine = Machine()
    at_start = is_settled(machine.clock)
    machine.run(SETTLED_S)
    after_an_hour = is_settled(machine.clock)
    machine.step(MONTH_S)
    machine.run(5)

    assert (at_start, after_an_hour, is_settled(machine.clock)) == (False, True, False)
    assert is_settled(utc_now)


def test_given_this_machine_when_asked_then_the_clock_is_right() -> None:
    clock = SteadyClock()

    assert abs(clock() - utc_now()) < timedelta(seconds=1)
    assert since_boot_s() > 0
