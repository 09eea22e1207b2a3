import random
from datetime import UTC, datetime, timedelta, timezone

import pytest

from stream.timing import Backoff, rfc3339, utc_now


def test_given_now_when_asked_then_it_is_aware_utc() -> None:
    assert utc_now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2026, 3, 2, 9, 30, tzinfo=UTC), "2026-03-02T09:30:00.000Z"),
        (datetime(2026, 3, 2, 9, 30, 0, 123_999, tzinfo=UTC), "2026-03-02T09:30:00.123Z"),
        (
            datetime(2026, 3, 2, 1, 0, tzinfo=timezone(timedelta(hours=3, minutes=30))),
            "2026-03-01T21:30:00.000Z",
        ),
    ],
)
def test_given_an_instant_when_written_then_it_is_rfc_3339_in_utc(at: datetime, text: str) -> None:
    assert rfc3339(at) == text


def test_given_a_backoff_when_attempts_fail_then_delays_grow_within_their_jitter_and_end() -> None:
    backoff = Backoff((1.0, 10.0), jitter=0.5)
    rng = random.Random(3)

    first, second = backoff.delay_s(1, rng), backoff.delay_s(2, rng)

    assert first is not None
    assert second is not None
    assert 1.0 <= first <= 1.5
    assert 10.0 <= second <= 15.0
    assert backoff.delay_s(3, rng) is None
