from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest

from alerts.store.search import ListPlace
from alerts.store.wanted import Wanted
from stream.untrusted.numbers import whole_number
from tests.support.alerting import NOON
from wirewatch.web.cursor import cursor_of, place_at
from wirewatch.web.filters import FILTERS, AlertFilter, alert_filter, is_alert_id, is_slug, unknown_parameter
from wirewatch.web.moments import moment


def test_given_a_filter_when_written_and_read_again_then_it_is_the_same() -> None:
    chosen = AlertFilter("ir-tr.pact", "high", "test", "0" * 32)

    query = {name: values[0] for name, values in parse_qs(chosen.query()[1:]).items()}

    assert alert_filter(query, NOON) == chosen
    assert chosen.query(after="", rule="") == "?severity=high&status=test"
    assert AlertFilter().query() == "?"


@pytest.mark.parametrize(
    "query",
    [
        {"severity": "HIGH"},
        {"status": "dead"},
        {"rule": "a b"},
        {"after": "0" * 31},
        {"rule": "a" * 65},
        {"watchlist": "Gulf"},
        {"since": "yesterday"},
        {"until": "2026-13-01"},
        {"country": "Atlantis"},
        {"country": "a" * 201},
        {"language": "englishes"},
        {"language": "e n"},
        {"publisher": "…"},
        {"q": "— “…”"},
        {"q": "a b c d e f g h i j k l m"},
        {"q": "a" * 201},
        {"cursor": "bm9uZQ"},
        {"cursor": "é"},
        {"cursor": cursor_of(ListPlace(1, "0" * 32)), "after": "0" * 32},
    ],
)
def test_given_a_value_we_do_not_know_when_read_then_a_sentence_says_what_is_wanted(
    query: dict[str, str],
) -> None:
    assert isinstance(alert_filter(query, NOON), str)


def test_given_texts_when_checked_then_only_whole_ones_fit() -> None:
    assert [is_slug(text) for text in ("a", "a-b.c_1", "", "A", "a--b", "a\n", "-a")] == [
        True,
        True,
        *[False] * 5,
    ]
    assert [is_alert_id(text) for text in ("0f" * 16, "0F" * 16, "0f" * 16 + "\n")] == [True, False, False]
    assert [whole_number(text) for text in ("0", "9" * 18, "9" * 19, "-1", "١", "1 ", "")] == [
        0,
        int("9" * 18),
        *[None] * 5,
    ]


def test_given_every_filter_when_read_then_it_means_what_the_store_looks_for() -> None:
    place = ListPlace(1_764_000_000_000_000, "0f" * 16)
    query = {
        "watchlist": "gulf",
        "country": "turkey",
        "publisher": "Border Gazette",
        "language": "zh-Hant",
        "since": "24h",
        "until": "2026-11-24T13:00:00+01:00",
        "q": ' nucl* "oil tanker" ',
        "cursor": cursor_of(place),
    }

    chosen = alert_filter(query, NOON)

    assert isinstance(chosen, AlertFilter)
    assert chosen.place == place
    assert chosen.wanted == Wanted(
        watchlist="gulf",
        country="TR",
        publisher="Border Gazette",
        language="zh-Hant",
        since=NOON - timedelta(hours=24),
        until=datetime(2026, 11, 24, 12, tzinfo=UTC),
        words='nucl* "oil tanker"',
    )


@pytest.mark.parametrize(
    ("written", "code"), [("IR", "IR"), ("ir", "IR"), ("Iran", "IR"), ("UK", "GB"), ("Côte d'Ivoire", "CI")]
)
def test_given_a_country_by_code_or_name_when_read_then_its_code_is_looked_for(
    written: str, code: str
) -> None:
    chosen = alert_filter({"country": written}, NOON)

    assert isinstance(chosen, AlertFilter)
    assert chosen.wanted.country == code


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("30m", NOON - timedelta(minutes=30)),
        ("7d", NOON - timedelta(days=7)),
        ("2w", NOON - timedelta(weeks=2)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T09:30:00Z", datetime(2026, 11, 20, 9, 30, tzinfo=UTC)),
        ("2026-11-20t09:30:00.250z", datetime(2026, 11, 20, 9, 30, 0, 250_000, tzinfo=UTC)),
        ("2026-11-20 09:30-05:00", datetime(2026, 11, 20, 14, 30, tzinfo=UTC)),
        ("2026-11-20T09:30:00 02:00", datetime(2026, 11, 20, 7, 30, tzinfo=UTC)),  # a + without its escape
    ],
)
def test_given_a_moment_when_read_then_it_is_that_instant(written: str, meant: datetime) -> None:
    assert moment(written, NOON) == meant


@pytest.mark.parametrize(
    "written",
    [
        "now",
        "7",
        "7y",
        "-7d",
        "999999w",
        "٧d",
        "2026-11-20T09:30:00",
        "2026-02-30",
        "0001-01-01T00:00:00+23:59",
        "20261120",
    ],
)
def test_given_no_moment_when_read_then_a_sentence_says_how_one_is_written(written: str) -> None:
    assert "2026-11-24T09:30:00Z" in str(moment(written, NOON))


@pytest.mark.parametrize("cursor", ["", "x", "MS4x", "=" * 50, "A" * 200, cursor_of(ListPlace(1, "0" * 31))])
def test_given_what_is_no_cursor_of_ours_when_read_then_it_is_none(cursor: str) -> None:
    assert place_at(cursor) is None


def test_given_a_name_we_do_not_know_when_checked_then_it_says_so_with_those_that_we_know() -> None:
    known = unknown_parameter([("severity", "low"), ("q", "")], FILTERS)
    misspelt = unknown_parameter([("sincce", "24h")], FILTERS)
    twice = unknown_parameter([("rule", "a"), ("rule", "b")], FILTERS)

    assert known is None
    assert misspelt is not None
    assert 'no parameter "sincce": did you mean "since"? known are rule, severity, status' in misspelt
    assert twice == "rule is given 2 times, and it takes one value"
    assert unknown_parameter([("x", "")], ()) == 'there is no parameter "x": it takes none'
