from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.untrusted.times import http_date, later, retry_after_s

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOUR_S = 3_600.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 120 ", 120.0),
        ("0120", 120.0),
        ("1.5", 1.5),
        ("Tue, 24 Nov 2026 09:10:00 GMT", 600.0),
        ("Tue, 24 Nov 2026 09:10:00", 600.0),
        ("Tue, 24 Nov 2026 08:00:00 GMT", 0.0),
        ("999999999", HOUR_S),
        ("9" * 5_000, HOUR_S),
        ("Wed, 24 Nov 2027 09:00:00 GMT", HOUR_S),
        ("Fri, 01 Jan 99999999999999999999 00:00:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -2359", None),
        ("-5", None),
        ("١٢", None),
        ("1_000", None),
        ("inf", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_given_retry_after_when_it_is_read_then_it_is_seconds_within_bounds(
    value: str | None, seconds: float | None
) -> None:
    assert retry_after_s(value, NOW, HOUR_S) == seconds


@given(st.text(max_size=60))
def test_given_any_text_when_read_as_a_wait_or_a_date_then_nothing_raises(text: str) -> None:
    wait_s, at = retry_after_s(text, NOW, HOUR_S), http_date(text)

    assert wait_s is None or 0 <= wait_s <= HOUR_S
    assert at is None or at.tzinfo is UTC


@given(st.datetimes(timezones=st.just(UTC)), st.floats())
def test_given_any_span_when_added_then_it_ends_where_datetime_does(at: datetime, seconds: float) -> None:
    assert later(at, seconds).tzinfo is UTC


def test_given_an_hour_when_added_then_it_is_an_hour() -> None:
    assert later(NOW, HOUR_S) - NOW == timedelta(hours=1)
