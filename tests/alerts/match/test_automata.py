import pytest

from alerts.match.automata import Automata, is_spoken
from stream.text.fold import fold, fold_term

TERMS = [fold_term(term) for term in ("trade", "Handel", "handel*", "comercio", "tank")]
GENERAL, SPOKEN = {4}, {"en": {0}, "de": {1, 2}, "es": {3}, "pt-BR": {3}}
TEXT = fold("Trade, Handel, Handelsware, comercio, tank").data


@pytest.fixture
def automata() -> Automata:
    return Automata(TERMS, GENERAL, SPOKEN)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", {0, 1, 2, 4}),
        ("de-AT", {0, 1, 2, 4}),
        ("es", {0, 3, 4}),
        ("pt-BR", {0, 3, 4}),
        ("pt", {0, 4}),
        ("en", {0, 4}),
        ("xx", {0, 4}),
        ("und", {0, 1, 2, 3, 4}),
        ("", {0, 1, 2, 3, 4}),
    ],
)
def test_given_a_text_in_a_language_when_searched_then_its_words_and_english_ones_count(
    automata: Automata, language: str, expected: set[int]
) -> None:
    assert {term for term, _ in automata.ends(TEXT, language)} == expected


def test_given_a_hit_when_bounded_then_it_is_the_term_or_the_whole_word_of_a_beginning(
    automata: Automata,
) -> None:
    found = {TEXT[slice(*automata.bounds(*hit, TEXT))] for hit in automata.ends(TEXT, "de")}

    assert found == {b"trade", b"handel", b"handelsware", b"tank"}


def test_given_more_tags_than_are_remembered_when_searched_then_every_text_is_still_read(
    automata: Automata,
) -> None:
    found = [list(automata.ends(TEXT, f"de-x-{number}")) for number in range(1200)]

    assert all(hits == found[0] for hits in found)
    assert len(found[0]) == 5


def test_given_tags_when_compared_then_variants_of_a_language_are_that_language() -> None:
    assert is_spoken("en", "tr")
    assert is_spoken("zh", "zh-hant")
    assert not is_spoken("pt-br", "pt")
    assert not is_spoken("no", "nordic")
