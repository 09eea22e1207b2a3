import re

import hyperscan
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.match.regexes import RegexIndex
from alerts.watchlist.patterns import pattern_flags


def scanned(pattern: str, text: str) -> list[str]:
    found = RegexIndex({pattern: pattern_flags(pattern)}).scan(text)
    return [text[start:end] for start, end in found.get(pattern, ())]


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


def test_given_a_pattern_without_starts_when_scanned_then_its_last_character_is_given() -> None:
    index = RegexIndex({"a.{2,3}é": hyperscan.HS_FLAG_UTF8 | hyperscan.HS_FLAG_CASELESS})

    found = index.scan("xaxxé")

    assert found == {"a.{2,3}é": [(4, 5)]}


def test_given_patterns_when_none_matches_then_nothing_is_reported() -> None:
    assert RegexIndex({}).scan("text") == {}
    assert RegexIndex({"x": pattern_flags("x")}).scan("text y") == {"x": [(2, 3)]}
    assert RegexIndex({"z": pattern_flags("z")}).scan("text y") == {}
