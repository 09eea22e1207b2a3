from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dates import EARLIEST, decide_published, parse_instant, parse_modified

SEEN = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "at", "precision"),
    [
        ("2026-11-20T08:30:15+02:00", datetime(2026, 11, 20, 6, 30, 15, tzinfo=UTC), "second"),
        ("2026-11-20T08:30:15.123456789Z", datetime(2026, 11, 20, 8, 30, 15, tzinfo=UTC), "second"),
        ("20261120T083015Z", datetime(2026, 11, 20, 8, 30, 15, tzinfo=UTC), "second"),
        ("2026-11-20T08:30Z[UTC]", datetime(2026, 11, 20, 8, 30, tzinfo=UTC), "minute"),
        ("2026-11-20T24:00:00Z", datetime(2026, 11, 21, tzinfo=UTC), "second"),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC), "day"),
        ("Fri, 20 Nov 2026 08:30:00 EST", datetime(2026, 11, 20, 13, 30, tzinfo=UTC), "second"),
        ("Fri, 20 Nov 2026 08:30 +0530", datetime(2026, 11, 20, 3, 0, tzinfo=UTC), "minute"),
        ("Fri Nov 20 2026 08:30:00 GMT+0200 (EET)", datetime(2026, 11, 20, 6, 30, tzinfo=UTC), "second"),
        ("November 20, 2026 at 5:30 p.m. PDT", datetime(2026, 11, 21, 0, 30, tzinfo=UTC), "minute"),
        ("November 20, 2026", datetime(2026, 11, 20, tzinfo=UTC), "day"),
        ("3.5.2026", datetime(2026, 5, 3, tzinfo=UTC), "day"),
        ("05/20/2026", datetime(2026, 5, 20, tzinfo=UTC), "day"),
        ("1795162215", datetime(2026, 11, 20, 8, 10, 15, tzinfo=UTC), "second"),
        ("1795162215000", datetime(2026, 11, 20, 8, 10, 15, tzinfo=UTC), "second"),
    ],
)
def test_given_a_date_as_sites_write_it_when_read_then_instant_and_precision(
    raw: str, at: datetime, precision: str
) -> None:
    instant = parse_instant(raw)

    assert instant is not None
    assert (instant.at, instant.precision) == (at, precision)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "today",
        "10:30",
        "November 2026",
        "2026",
        "20",
        "03/05/2026",
        "2026-13-45",
        "Fri, 31 Feb 2026 10:00:00 GMT",
        "1970-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "2026-11-20T08:30:00+99:99",
        "x" * 10_000,
        "\x00",
        "May 1 2026 25:61",
    ],
)
def test_given_what_names_no_sure_day_when_read_then_none(raw: str) -> None:
    assert parse_instant(raw) is None


@given(st.text(max_size=40) | st.from_regex(r"[0-9 TZ:+./-]{1,30}", fullmatch=True))
def test_given_any_string_when_read_then_an_aware_instant_after_1990_or_none(raw: str) -> None:
    instant = parse_instant(raw)

    assert instant is None or instant.at >= EARLIEST


@given(
    st.integers(662_688_000, 3_786_912_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.integers(-14 * 60, 14 * 60),
)
def test_given_any_instant_in_any_zone_when_written_as_iso_then_it_is_read_back(
    at: datetime, minutes: int
) -> None:
    written = at.astimezone(timezone(timedelta(minutes=minutes)))

    instant = parse_instant(written.isoformat())

    assert instant is not None
    assert instant.at == written


def test_given_several_dates_when_one_of_the_same_day_names_its_zone_then_that_one_counts() -> None:
    published = decide_published(
        [("2026-11-20T08:30:00", "jsonld"), ("2026-11-20T08:30:00+02:00", "meta"), ("2025-01-01", "time")],
        SEEN,
    )

    assert published.at == datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
    assert (published.source, published.warnings) == ("meta", ())


def test_given_a_time_without_zone_when_decided_then_utc_is_assumed_and_said() -> None:
    published = decide_published([("2026-11-20 08:30:00", "source")], SEEN)

    assert published.at == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    assert published.warnings == ("date_naive",)


def test_given_a_date_in_the_future_when_decided_then_first_seen_counts_and_the_raw_value_stays() -> None:
    published = decide_published([("2026-12-24T12:00:00Z", "source")], SEEN)

    assert (published.at, published.precision) == (SEEN, "inferred")
    assert (published.raw, published.warnings) == ("2026-12-24T12:00:00Z", ("date_future",))


def test_given_a_clock_ten_minutes_ahead_when_decided_then_it_is_believed() -> None:
    published = decide_published([("2026-11-24T12:10:00Z", "source")], SEEN)

    assert (published.precision, published.warnings) == ("second", ())


def test_given_the_new_day_east_of_us_when_decided_then_it_is_not_the_future() -> None:
    late = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)

    assert decide_published([("2026-11-24", "meta")], late).warnings == ()


@pytest.mark.parametrize(("dates", "warnings"), [([], ()), ([("soon", "source")], ("date_unreadable",))])
def test_given_no_readable_date_when_decided_then_first_seen_is_inferred(
    dates: list[tuple[str, str]], warnings: tuple[str, ...]
) -> None:
    published = decide_published(dates, SEEN)

    assert (published.at, published.precision, published.source) == (SEEN, "inferred", "first_seen")
    assert published.warnings == warnings


def test_given_a_change_in_the_future_when_read_then_it_is_not_believed() -> None:
    assert parse_modified("2026-11-24T11:00:00Z", SEEN) == datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
    assert parse_modified("2027-11-24T11:00:00Z", SEEN) is None
    assert parse_modified(None, SEEN) is None
