import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.schedule import (
    EMAIL,
    LOCAL,
    PAUSE_AFTER_FAILURES,
    WEBHOOK,
    SinkState,
    after,
    is_dead,
    plausible,
    settle,
)
from alerts.sinks import RETRY_AFTER_LIMIT_S, Delivered, Outcome, Refused, RetryLater, SinkGone
from stream.timing import Backoff
from tests.support.alerting import NOON

BUSY = RetryLater(None, "server_error", "503")


def walk(backoff: Backoff, seed: int) -> list[float]:
    """Seconds between the attempts of a delivery that never succeeds."""
    now, rng = NOON, random.Random(seed)
    waits: list[float] = []
    for attempt in range(1, 1_000):
        settlement = settle(BUSY, attempt, NOON, now, backoff, rng)
        if settlement.next_attempt_at is None:
            assert settlement.state == "dead"
            return waits
        waits.append((settlement.next_attempt_at - now).total_seconds())
        now = settlement.next_attempt_at
    raise AssertionError("never gave up")


@given(st.integers())
def test_given_a_webhook_that_never_answers_when_walked_then_it_is_the_published_schedule(seed: int) -> None:
    minutes, hours = 60, 3600
    published = [5, 5 * minutes, 30 * minutes, *(h * hours for h in (2, 5, 10, 14, 20, 24))]

    waits = walk(WEBHOOK, seed)

    assert len(waits) == 9
    assert all(exact <= wait <= exact * 1.1 for exact, wait in zip(published, waits, strict=True))
    assert sum(published) == 75 * hours + 35 * minutes + 5
    assert sum(waits) >= 75 * hours


def test_given_attempts_used_up_by_crashes_when_settled_then_it_is_not_given_up_before_its_time() -> None:
    after_an_hour = settle(BUSY, 10, NOON, NOON + timedelta(hours=1), WEBHOOK, random.Random(1))
    after_its_time = settle(BUSY, 11, NOON, NOON + timedelta(hours=76), WEBHOOK, random.Random(1))

    assert after_an_hour.state == "pending"
    assert after_its_time.state == "dead"


def test_given_a_clock_a_month_ahead_when_settled_then_it_is_not_given_up_before_its_attempts() -> None:
    settlement = settle(BUSY, 9, NOON, NOON + timedelta(days=30), WEBHOOK, random.Random(1))

    assert settlement.state == "pending"


@pytest.mark.parametrize(
    ("since", "seen_s", "dead"),
    [(timedelta(days=30), 600.0, False), (timedelta(hours=1), 1e6, False), (timedelta(days=4), 3e5, True)],
)
def test_given_a_failing_sink_when_asked_then_it_is_dead_by_the_clock_and_as_seen_or_not_at_all(
    since: timedelta, seen_s: float, dead: bool
) -> None:
    state = SinkState(failures=500, failing_since=NOON - since, failing_s=seen_s)

    assert is_dead(state, NOON, WEBHOOK) == dead


def test_given_a_state_stored_by_a_clock_that_was_ahead_when_read_then_no_pause_is_longer_than_it_was() -> (
    None
):
    ahead = NOON + timedelta(days=30)
    state = SinkState(7, ahead, ahead + timedelta(seconds=60), 0.0, 60.0)

    read = plausible(state, NOON)

    assert (read.failing_since, read.paused_until) == (NOON, NOON + timedelta(seconds=60))
    assert plausible(SinkState(), NOON) == SinkState()


def test_given_a_mail_server_that_never_answers_when_walked_then_it_is_five_days_at_most() -> None:
    assert EMAIL.delays_s[:6] == (300, 600, 1200, 2400, 4000, 4000)
    assert 5 * 86_400 - 4000 < sum(EMAIL.delays_s) <= 5 * 86_400


def test_given_a_full_disk_when_walked_then_it_is_tried_soon_and_for_days() -> None:
    waits = walk(LOCAL, 1)

    assert waits[0] < 2
    assert max(waits) < 1000
    assert sum(waits) > 2 * 86_400


@pytest.mark.parametrize(
    ("asked", "attempt", "shortest", "longest"),
    [(None, 1, 5, 6), (1, 1, 5, 6), (120, 1, 120, 120), (10**9, 1, RETRY_AFTER_LIMIT_S, RETRY_AFTER_LIMIT_S)],
)
def test_given_a_remote_that_asks_for_time_when_settled_then_it_gets_it_up_to_a_day(
    asked: float | None, attempt: int, shortest: float, longest: float
) -> None:
    outcome = RetryLater(asked, "throttled")

    settlement = settle(outcome, attempt, NOON, NOON, WEBHOOK, random.Random(1))

    assert settlement.next_attempt_at is not None
    assert shortest <= (settlement.next_attempt_at - NOON).total_seconds() <= longest


@pytest.mark.parametrize(
    ("outcome", "state", "reason"),
    [
        (Delivered("200"), "delivered", "delivered"),
        (Refused("rejected", "550"), "dead", "rejected"),
        (SinkGone("410"), "pending", "sink_gone"),
        (RetryLater(None, "tls", "x"), "pending", "tls"),
    ],
)
def test_given_an_outcome_when_settled_then_it_has_one_meaning(
    outcome: Outcome, state: str, reason: str
) -> None:
    settlement = settle(outcome, 1, NOON, NOON, WEBHOOK, random.Random(1))

    assert (settlement.state, settlement.reason) == (state, reason)


def test_given_failures_in_a_row_when_counted_then_the_sink_is_left_alone_and_then_probed() -> None:
    state = SinkState()
    for _ in range(PAUSE_AFTER_FAILURES):
        assert state.room(NOON, 4) == 4
        state = after(state, BUSY, NOON, random.Random(1))

    assert state.paused_until is not None
    assert 15 <= (state.paused_until - NOON).total_seconds() <= 17
    assert state.room(NOON, 4) == 0
    assert state.room(state.paused_until, 4) == 1
    assert state.failing_since == NOON
    assert after(state, Delivered(), NOON, random.Random(1)) == SinkState()


def test_given_a_remote_that_asks_for_time_when_counted_then_all_its_deliveries_wait() -> None:
    state = after(SinkState(), RetryLater(40, "throttled"), NOON, random.Random(1))

    assert state.room(NOON + timedelta(seconds=39), 4) == 0
    assert state.room(NOON + timedelta(seconds=40), 4) == 4


def test_given_a_sink_that_is_gone_when_counted_then_nothing_is_sent_for_good() -> None:
    state = after(SinkState(), SinkGone("410 Gone"), NOON, random.Random(1))

    assert state.room(NOON + timedelta(days=400), 4) == 0
    assert state.disabled_detail == "410 Gone"


@pytest.mark.parametrize("late", [Delivered(), Refused("rejected"), BUSY])
def test_given_a_sink_that_is_gone_when_sends_under_way_end_then_it_stays_gone(late: Outcome) -> None:
    gone = after(SinkState(), SinkGone("410 Gone"), NOON, random.Random(1))

    assert after(gone, late, NOON, random.Random(1)) == gone


def test_given_a_sink_that_failed_long_and_is_gone_when_judged_then_nothing_that_waits_is_given_up() -> None:
    failing = SinkState(failures=9, failing_since=NOON, failing_s=WEBHOOK.lifetime_s * 2)
    later = NOON + timedelta(days=40)

    gone = after(failing, SinkGone("410 Gone"), later, random.Random(1))

    assert (is_dead(failing, later, WEBHOOK), is_dead(gone, later, WEBHOOK)) == (True, False)


_outcomes: st.SearchStrategy[Outcome] = st.one_of(
    st.builds(Delivered),
    st.builds(RetryLater, st.none() | st.floats(0, 1e9), st.just("server_error")),
    st.builds(Refused, st.just("rejected")),
)


@given(st.lists(_outcomes, max_size=30), st.integers())
def test_given_any_outcomes_when_counted_then_a_pause_ends_within_a_day(
    outcomes: list[Outcome], seed: int
) -> None:
    state, rng = SinkState(), random.Random(seed)

    for outcome in outcomes:
        state = after(state, outcome, NOON, rng)

    assert state.room(NOON + timedelta(days=1), 4) >= 1
    assert (state.failing_since is None) == (state.failures == 0)
