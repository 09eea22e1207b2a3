from datetime import timedelta

import pytest

from tests.support.alerting import NOON
from wirewatch.web.views import wording


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3_600, "1 h"), (90_000, "1 d"), (-5, "0 s")],
)
def test_given_a_span_when_worded_then_it_is_in_its_largest_unit(seconds: int, said: str) -> None:
    assert wording.span(timedelta(seconds=seconds)) == said


def test_given_instants_around_now_when_worded_then_before_and_after_differ() -> None:
    minutes = timedelta(minutes=5)

    assert wording.ago(NOON - minutes, NOON) == "5 min ago"
    assert wording.ago(NOON + minutes, NOON) == "in 5 min"
    assert wording.ago(NOON, NOON) == "just now"


@pytest.mark.parametrize(
    ("per_minute", "said"),
    [(1_234.6, "1,235/min"), (10, "10/min"), (2.25, "2.2/min"), (0.05, "3.0/h"), (0, "0/min")],
)
def test_given_a_rate_when_worded_then_its_unit_makes_it_readable(per_minute: float, said: str) -> None:
    assert wording.rate(per_minute) == said


def test_given_amounts_when_worded_then_they_read_as_people_write_them() -> None:
    assert wording.number(1_234_567) == "1,234,567"
    assert [wording.count(n, "alert") for n in (0, 1, 2_000)] == ["0 alerts", "1 alert", "2,000 alerts"]
    assert [wording.size(n) for n in (1, 999, 1_500, 2_500_000, 3_000_000_000)] == [
        "1 byte",
        "999 bytes",
        "1.5 kB",
        "2.5 MB",
        "3.0 GB",
    ]


def test_given_codes_when_worded_then_known_ones_have_names_and_others_stay() -> None:
    assert [wording.country(code) for code in ("IR", "XK", "ZZ")] == ["Iran", "Kosovo", "ZZ"]
    assert [wording.language(tag) for tag in ("fa", "pt-BR", "und", "", "qqq")] == [
        "Persian",
        "Portuguese",
        "unknown",
        "unknown",
        "qqq",
    ]


def test_given_a_list_when_joined_then_it_reads_as_a_sentence() -> None:
    assert [wording.joined(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
