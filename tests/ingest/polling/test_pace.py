from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingest.polling.pace import (
    DAY_S,
    PollingConfig,
    adapted_interval_s,
    after_answer_s,
    after_failure_s,
    backoff_s,
    first_pause_s,
    server_backoff_s,
    spread_s,
)
from tests.ingest.world import START


def test_given_failures_in_a_row_when_backing_off_then_the_pause_grows_from_a_minute_to_a_day() -> None:
    pauses = [backoff_s(failures, 60.0, DAY_S) for failures in range(1, 9)]

    assert pauses[:3] == [60.0, 960.0, 4_860.0]
    assert pauses[-1] == DAY_S
    assert pauses == sorted(pauses)


def test_given_a_server_that_fails_for_three_days_when_backing_off_then_an_hour_becomes_six() -> None:
    pauses = [server_backoff_s(failures, PollingConfig()) for failures in range(1, 200)]

    capped = pauses.index(6 * 3_600.0)
    assert pauses[:4] == [60.0, 960.0, 3_600.0, 3_600.0]
    assert set(pauses[2:capped]) == {3_600.0}
    assert set(pauses[capped:]) == {6 * 3_600.0}
    assert 3 * DAY_S <= sum(pauses[:capped]) <= 3 * DAY_S + 3_600


def test_given_a_retry_after_when_first_refused_then_it_is_believed_and_later_only_lengthens() -> None:
    believed = after_failure_s(1, 30.0, 60.0)
    lengthened = after_failure_s(3, 30.0, 4_860.0)
    capped = after_failure_s(1, 1_000_000.0, 60.0)

    assert (believed, lengthened, capped) == (30.0, 4_860.0, 8 * 3_600.0)


def test_given_no_retry_after_when_refused_then_our_own_pause_counts() -> None:
    assert after_failure_s(1, None, 60.0) == 60.0
    assert after_failure_s(1, 0.0, 60.0) == 60.0


@given(st.lists(st.booleans(), max_size=60), st.floats(1.0, 7 * DAY_S))
def test_given_any_history_when_adapting_then_the_interval_stays_between_once_and_four_times_its_base(
    history: list[bool], base_s: float
) -> None:
    interval_s: float | None = None

    for has_changed in history:
        interval_s = adapted_interval_s(interval_s, base_s, has_changed=has_changed)

    assert interval_s is None or base_s <= interval_s <= 4 * base_s


def test_given_a_server_that_asks_for_patience_when_it_answered_then_it_lengthens_up_to_a_day() -> None:
    assert after_answer_s(900.0, None) == 900.0
    assert after_answer_s(900.0, 60.0) == 900.0
    assert after_answer_s(900.0, 3_600.0) == 3_600.0
    assert after_answer_s(900.0, 30 * DAY_S) == DAY_S


@given(st.text(max_size=64), st.floats(0.001, 3_600.0))
def test_given_a_source_when_spread_then_its_moment_is_its_own_and_within_bounds(
    source: str, within_s: float
) -> None:
    delay_s = spread_s(source, within_s)

    assert 0 <= delay_s <= within_s
    assert delay_s == spread_s(source, within_s)


def test_given_many_sources_when_spread_then_no_quarter_of_the_minute_is_empty_or_crowded() -> None:
    delays = [spread_s(f"feed-{number}", 60.0) for number in range(200)]

    quarters = [sum(start <= delay < start + 15 for delay in delays) for start in (0, 15, 30, 45)]

    assert min(quarters) > 25
    assert max(quarters) < 80


def test_given_a_plan_from_before_a_restart_when_starting_then_it_holds_unless_a_wrong_clock_made_it() -> (
    None
):
    soon = START + timedelta(hours=3)
    absurd = START + timedelta(days=400)

    assert first_pause_s(START, soon, None, 5.0, DAY_S) == 3 * 3_600
    assert first_pause_s(START, None, None, 5.0, DAY_S) == 5
    assert first_pause_s(START, START - timedelta(hours=1), None, 5.0, DAY_S) == 5
    assert first_pause_s(START, absurd, None, 5.0, DAY_S) == 5


def test_given_a_plan_by_a_clock_that_was_ahead_when_started_then_it_is_no_further_off_than_when_made() -> (
    None
):
    planned_at = START + timedelta(hours=10)
    due_at = planned_at + timedelta(minutes=15)

    assert first_pause_s(START, due_at, planned_at, 5.0, DAY_S) == 15 * 60
