from datetime import UTC, datetime, timedelta

from stream.clock import SETTLED_S, SteadyClock
from wirewatch.process import NOTHING_IS_OLDER, removed_before

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
KEEP = timedelta(days=30)


def test_given_a_start_by_a_clock_that_may_be_ahead_when_removing_then_nothing_goes_for_its_age_yet() -> None:
    ran_s = 0.0
    clock = SteadyClock(lambda: NOON + timedelta(seconds=ran_s), lambda: ran_s)

    at_start = removed_before(clock, KEEP)
    ran_s = SETTLED_S

    assert at_start == NOTHING_IS_OLDER
    assert removed_before(clock, KEEP) == NOON + timedelta(hours=1) - KEEP
