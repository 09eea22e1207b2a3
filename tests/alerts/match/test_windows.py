import pytest

from alerts.match.document import Span
from alerts.match.windows import outermost, uncovered, within_window


def span(first: int, last: int) -> Span:
    """Words `first` to `last`, each four bytes with its space."""
    return Span(first * 4, last * 4 + 3, first, last + 1)


@pytest.mark.parametrize(
    ("sides", "words", "expected"),
    [
        ([[span(0, 0)], [span(4, 4)]], 5, [span(0, 4)]),
        ([[span(0, 0)], [span(4, 4)]], 4, []),
        ([[span(4, 4)], [span(0, 0)]], 5, [span(0, 4)]),
        ([[span(0, 5), span(1, 1)], [span(0, 0)]], 2, [span(0, 1)]),
        ([[span(0, 3)], [span(1, 1)]], 4, [span(0, 3)]),
        ([[span(0, 0)], []], 9, []),
    ],
)
def test_given_sides_when_a_window_is_sought_then_it_is_the_shortest_that_holds_each(
    sides: list[list[Span]], words: int, expected: list[Span]
) -> None:
    assert within_window(sides, words) == expected


def test_given_covers_when_spans_are_filtered_then_only_those_within_one_go() -> None:
    spans = [span(0, 0), span(1, 2), span(2, 2), span(2, 3), span(5, 5)]

    assert uncovered(spans, [span(1, 2), span(5, 5)]) == [span(0, 0), span(2, 3)]
    assert uncovered(spans, []) == spans


def test_given_nested_spans_when_filtered_then_the_outermost_stay() -> None:
    assert outermost([span(1, 1), span(0, 2), span(2, 3), span(3, 3)]) == [span(0, 2), span(2, 3)]
