from urllib.parse import parse_qs

import pytest

from stream.untrusted.numbers import whole_number
from wirewatch.web.filters import AlertFilter, alert_filter, is_alert_id, is_slug


def test_given_a_filter_when_written_and_read_again_then_it_is_the_same() -> None:
    chosen = AlertFilter("ir-tr.pact", "high", "test", "0" * 32)

    query = {name: values[0] for name, values in parse_qs(chosen.query()[1:]).items()}

    assert alert_filter(query) == chosen
    assert chosen.query(after="", rule="") == "?severity=high&status=test"
    assert AlertFilter().query() == "?"


@pytest.mark.parametrize(
    "query",
    [{"severity": "HIGH"}, {"status": "dead"}, {"rule": "a b"}, {"after": "0" * 31}, {"rule": "a" * 65}],
)
def test_given_a_value_we_do_not_know_when_read_then_a_sentence_says_what_is_wanted(
    query: dict[str, str],
) -> None:
    assert isinstance(alert_filter(query), str)


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
