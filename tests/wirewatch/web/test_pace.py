from datetime import timedelta

from tests.support.alerting import NOON
from wirewatch.web.pace import WINDOW, Counts, Pace

MINUTE = timedelta(minutes=1)


def counts(amount: int) -> Counts:
    return Counts(items=4 * amount, events=3 * amount, read=2 * amount, alerts=amount)


def test_given_a_first_look_when_noted_then_there_is_no_rate() -> None:
    assert Pace().note(NOON, counts(5)) is None


def test_given_two_looks_when_noted_then_the_rate_is_the_mean_between_them() -> None:
    pace = Pace()
    pace.note(NOON, counts(0))

    rates = pace.note(NOON + 2 * MINUTE, counts(10))

    assert rates
    assert (rates.items, rates.events, rates.read, rates.alerts, rates.over) == (20, 15, 10, 5, 2 * MINUTE)


def test_given_looks_close_together_when_noted_then_no_rate_is_made_of_a_moment() -> None:
    pace = Pace()
    pace.note(NOON, counts(0))

    assert pace.note(NOON + timedelta(seconds=1), counts(1)) is None


def test_given_many_looks_when_noted_then_only_the_window_counts_and_memory_is_bounded() -> None:
    pace = Pace()
    rates = None
    for second in range(0, 7_200, 2):
        rates = pace.note(NOON + timedelta(seconds=second), counts(second))

    assert rates
    assert WINDOW <= rates.over <= WINDOW + timedelta(seconds=6)
    assert rates.alerts == 60
    assert len(pace._seen) <= 200


def test_given_nobody_looked_for_a_day_when_noted_then_the_mean_is_over_that_day() -> None:
    pace = Pace()
    pace.note(NOON, counts(0))

    rates = pace.note(NOON + timedelta(days=1), counts(1_440))

    assert rates
    assert (rates.alerts, rates.over) == (1, timedelta(days=1))


def test_given_a_clock_set_back_when_noted_then_it_begins_anew() -> None:
    pace = Pace()
    pace.note(NOON, counts(9))

    assert pace.note(NOON - MINUTE, counts(10)) is None
    rates = pace.note(NOON, counts(12))
    assert rates
    assert rates.alerts == 2


def test_given_a_state_that_was_replaced_when_noted_then_no_rate_is_negative() -> None:
    pace = Pace()
    pace.note(NOON, counts(100))

    rates = pace.note(NOON + MINUTE, counts(0))

    assert rates
    assert rates.items == rates.alerts == 0
