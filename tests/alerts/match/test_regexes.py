import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.match.regexes import RegexIndex
from alerts.watchlist.patterns import check_pattern


def scanned(pattern: str, text: str) -> list[str]:
    check_pattern(pattern)
    spans = RegexIndex([pattern]).scan(text).spans(pattern)
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"drones?", "A DRONE, two drones", ["DRONE", "drones"]),
        (r"\bTB2\b", "ein TB2 für Kyjiw – TB2x", ["TB2"]),
        ("удар", "Удары и УДАР", ["Удар", "УДАР"]),
        ("伊朗.", "与伊朗军演", ["伊朗军"]),
        (r"a+", "xaaay", ["aaa", "aa", "a"][:1]),
    ],
)
def test_given_a_pattern_when_scanned_then_the_stretches_are_exact(
    pattern: str, text: str, expected: list[str]
) -> None:
    assert scanned(pattern, text) == expected


@given(st.text(st.sampled_from("ab é伊\ud800🙂"), max_size=30))
def test_given_any_text_when_scanned_then_each_stretch_matches_the_pattern(text: str) -> None:
    stretches = scanned("a+b|伊", text)

    assert all(re.fullmatch("a+b|伊", stretch) for stretch in stretches)
    assert bool(stretches) == bool(re.search("a+b|伊", text))


@pytest.mark.parametrize("pattern", ["a+b", "(ha)+!", "-+b", "9+11", "(?:na)+", "(?:((?:\\w){1,5}ж|foo))+?"])
@pytest.mark.parametrize("unit", ["a", "ha", "-", "9", "na", "foo"])
def test_given_a_pattern_that_crashed_another_engine_when_scanned_then_it_is_found_or_not(
    pattern: str, unit: str
) -> None:
    text = unit * 400 + "b! 11 "

    stretches = scanned(pattern, text)

    assert bool(stretches) == bool(re.search(pattern, text))
    assert all(re.fullmatch(pattern, stretch) for stretch in stretches)


def test_given_matches_when_scanned_then_they_are_leftmost_longest_and_apart() -> None:
    assert scanned("ab|bc|abcd?", "abcd abc bc") == ["abcd", "abc", "bc"]
    assert scanned(r"\bb", "ab b") == ["b"]
    assert scanned("(a|ab)(c|bcd)(d*)", "abcd") == ["abcd"]


def test_given_a_text_that_makes_every_hit_look_to_its_end_when_scanned_then_the_work_is_bounded() -> None:
    spans = RegexIndex(["a.*b|a"]).scan("a" * 1_000_000).spans("a.*b|a")

    assert 60 <= len(spans) <= 70
    assert spans[:2] == [(0, 1), (1, 2)]


def test_given_every_letter_with_case_when_filtered_then_no_spelling_of_it_is_lost() -> None:
    letters = [
        letter
        for letter in map(chr, range(0x80, sys.maxunicode))
        if letter.lower() != letter or letter.upper() != letter
    ]
    index = RegexIndex(f"{letter}xyz" for letter in letters)

    found = index.scan("\n".join(f"{letter}xyz" for letter in letters))

    assert len(letters) > 2_500
    assert set(found.patterns) == {f"{letter}xyz" for letter in letters}


def test_given_a_filter_that_saw_nothing_when_scanned_then_all_patterns_are_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("alerts.match.regexes._SENTINEL", b"")
    index = RegexIndex(["drone", "pact"])

    found = index.scan("a pact")
    assert list(found.patterns) == ["pact"]
    assert found.spans("pact") == [(2, 6)]
    assert found.spans("drone") == []


def test_given_patterns_when_none_matches_then_nothing_is_reported() -> None:
    assert not RegexIndex([]).scan("text").patterns
    assert RegexIndex(["x"]).scan("text y").spans("x") == [(2, 3)]
    assert not RegexIndex(["z"]).scan("text y").patterns
