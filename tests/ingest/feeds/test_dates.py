from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.feeds.dates import has_time, parse_feed_date

HALF_PAST = "2026-11-24 09:30"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Tue, 24 Nov 2026 09:30:00 GMT", HALF_PAST),
        ("Tue, 24 Nov 2026 10:30:00 +0100", HALF_PAST),
        ("24 Nov 2026 09:30 UT", HALF_PAST),
        ("Tue, 24 Nov 26 04:30:00 EST", HALF_PAST),
        ("Tue, 24 Nov 2026 02:30:00 PDT", HALF_PAST),
        ("Tue, 24 Nov 2026 13:00:00 IRST", HALF_PAST),
        ("Tue,24 Nov 2026 09:30:00 Z", HALF_PAST),
        ("Tue, 24 Nov 2026 11:30:00 +0200 (EET)", HALF_PAST),
        ("Tue, 24 Nov 2026 11:30:00 GMT+0200", HALF_PAST),
        ("Tue, 24 Nov 2026 09:30:00 XYZ", HALF_PAST),  # an unknown zone is UTC
        ("Tue, 24 Nov 2026 09:30", HALF_PAST),
        ("Tue, Nov 24 2026 10:30:00 GMT+0100 (CET)", HALF_PAST),
        ("Tuesday, November 24, 2026 - 09:30", HALF_PAST),
        ("November 24, 2026 9:30 am", HALF_PAST),
        ("Nov. 23, 2026, 10:30 p.m. PST", "2026-11-24 06:30"),
        ("Tue Nov 24 09:30:00 2026", HALF_PAST),
        ("Tue Nov 24 10:30:00 CET 2026", HALF_PAST),
        ("2026-11-24T09:30:00Z", HALF_PAST),
        ("2026-11-24T09:30:00.123456789Z", HALF_PAST),
        ("2026-11-24T13:00:00+03:30", HALF_PAST),
        ("2026-11-24T10:30:00+0100", HALF_PAST),
        ("2026-11-24T10:30+01", HALF_PAST),
        ("2026-11-24 09:30:00 +0000 UTC", HALF_PAST),
        ("2026-11-24T09:30", HALF_PAST),
        ("20261124T093000Z", HALF_PAST),
        ("2026-11-24", "2026-11-24 00:00"),
        ("2026-11", "2026-11-01 00:00"),
        ("2026", "2026-01-01 00:00"),
        ("2026/11/24 09:30:00", HALF_PAST),
        ("24.11.2026 09:30", HALF_PAST),
        ("24/11/2026 09:30", HALF_PAST),
        ("11/24/2026 9:30 AM", HALF_PAST),
        ("\u03a4\u03c1\u03b9, 24 \u039d\u03bf\u03ad 2026 04:30:00 EST", HALF_PAST),  # Greek
        ("2026-november-24T9:30+00:00", HALF_PAST),  # Hungarian
        ("2026-j\u00falius-13T9:30", "2026-07-13 09:30"),
        ("mar., 24 nov. 2026 10:30:00 +0100", HALF_PAST),  # French
        ("24 de noviembre de 2026 09:30", HALF_PAST),
        ("\u0412\u0442, 24 \u043d\u043e\u044f 2026 12:30:00 +0300", HALF_PAST),  # Russian
        ("2026\ub144 11\uc6d4 24\uc77c 18:30", HALF_PAST),  # Korean: in Seoul's time
        ("2026-11-24 \uc624\ud6c4 6:30:00", HALF_PAST),
        ("2026\u5e7411\u670824\u65e5 09:30", HALF_PAST),  # Chinese, Japanese: no zone to guess
        ("\u0662\u0664 \u0646\u0648\u0641\u0645\u0628\u0631 \u0662\u0660\u0662\u0666 09:30", HALF_PAST),
        ("Tue, 24 Nov 2026 24:00:00 GMT", "2026-11-25 00:00"),
        ("Tue, 24 Nov 98 09:30:00 GMT", "1998-11-24 09:30"),
        ("1700000000", "2023-11-14 22:13"),
    ],
)
def test_given_a_date_as_feeds_write_it_when_it_is_read_then_the_instant_is_right(
    raw: str, expected: str
) -> None:
    at = parse_feed_date(raw)

    assert at is not None
    assert at.tzinfo is UTC
    assert at.strftime("%Y-%m-%d %H:%M") == expected


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        "yesterday",
        "03/04/2026",  # in March or in April
        "2026-02-30",
        "2026-11-24T25:00:00Z",
        "2026-11-24T09:61:00Z",
        "Mon, 01 Jan 0001 00:00:00 +0000",
        "24 listopad 2026",  # October in Croatian, November in Czech and Polish
        "Tue, 24 Nov 2026 09:30:00 +9900",
        "1403-09-03",  # the Persian calendar
        "9" * 5000,
        "1 " * 59,
    ],
)
def test_given_what_is_no_certain_date_when_it_is_read_then_there_is_none(raw: str | None) -> None:
    assert parse_feed_date(raw) is None


@given(
    st.datetimes(datetime(1950, 1, 1), datetime(2099, 12, 31)),  # noqa: DTZ001 - the zone comes from beside
    st.integers(-12 * 60, 14 * 60),
)
def test_given_an_instant_when_written_by_the_standards_then_it_reads_back(
    at: datetime, minutes: int
) -> None:
    aware = at.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))

    assert parse_feed_date(aware.isoformat()) == aware
    assert parse_feed_date(aware.strftime("%a, %d %b %Y %H:%M:%S %z")) == aware


@given(st.text(max_size=150))
def test_given_any_text_when_it_is_read_then_nothing_raises(text: str) -> None:
    at = parse_feed_date(text)

    assert at is None or at.tzinfo is UTC


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("2026-11-24", False), ("24 Nov 2026", False), ("2026-11-24T09:30Z", True), ("20261124T093000Z", True)],
)
def test_given_a_date_when_it_names_no_time_then_that_can_be_told(raw: str, expected: bool) -> None:
    assert has_time(raw) is expected
