import pytest

from alerts.match.lexicon import Lexicon, is_spoken
from alerts.match.vocabulary import Vocabulary
from alerts.watchlist.themes import LabelWords, ThemeDefinition, ThemeWords
from stream.text.fold import fold

THEMES = {
    "trade": ThemeDefinition(
        "trade",
        {
            "en": ThemeWords(("trade",)),
            "de": ThemeWords(("Handel", "Handel*")),
            "es": ThemeWords(("comercio",)),
            "pt-BR": ThemeWords(("comercio",)),
        },
    )
}
TEXT = fold("Trade, Handel, Handelsware, comercio, tank, nie").data
LABELS = LabelWords({"de": {"denied": ("nie",)}})


@pytest.fixture
def lexicon() -> Lexicon:
    vocabulary = Vocabulary()
    vocabulary.learn("tank")
    return Lexicon(THEMES, LABELS, vocabulary)


def found(lexicon: Lexicon, language: str) -> set[str]:
    hits = [hit for tongue in lexicon.tongues(language) for hit in tongue.automaton.ends(TEXT)]
    return {TEXT[slice(*lexicon.bounds(*hit, TEXT))].decode() for hit in hits}


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", {"handel", "handelsware", "nie"}),
        ("de-AT", {"handel", "handelsware", "nie"}),
        ("es", {"comercio"}),
        ("pt-BR", {"comercio"}),
        ("pt", set[str]()),
        ("en", set[str]()),
        ("xx", set[str]()),
        ("und", {"handel", "handelsware", "nie", "comercio"}),
        ("", {"handel", "handelsware", "nie", "comercio"}),
    ],
)
def test_given_a_text_in_a_language_when_searched_then_its_words_english_ones_and_those_of_rules_count(
    lexicon: Lexicon, language: str, expected: set[str]
) -> None:
    assert found(lexicon, language) == {"trade", "tank"} | expected


def test_given_languages_met_in_any_order_when_searched_then_each_finds_the_same(lexicon: Lexicon) -> None:
    late = Lexicon(THEMES, LABELS, Vocabulary())

    assert found(lexicon, "es") == {"trade", "tank", "comercio"}
    assert found(lexicon, "de") - {"tank"} == found(late, "de")
    assert found(lexicon, "es") - {"tank"} == found(late, "es")


def test_given_a_language_without_words_of_a_theme_when_asked_then_nothing_tells_of_it(
    lexicon: Lexicon,
) -> None:
    english, german = lexicon.tongues("de")

    assert list(english.told.values()) == [(("theme", "trade"),)]
    assert len(german.told) == 2
    assert {use.kind for uses in german.uses.values() for use in uses} == {"trigger", "label"}


def test_given_more_tags_than_are_remembered_when_searched_then_every_text_is_still_read(
    lexicon: Lexicon,
) -> None:
    assert {frozenset(found(lexicon, f"de-x-{number}")) for number in range(1200)} == {
        frozenset({"trade", "tank", "handel", "handelsware", "nie"})
    }


def test_given_tags_when_compared_then_variants_of_a_language_are_that_language() -> None:
    assert is_spoken("en", "tr")
    assert is_spoken("zh", "zh-hant")
    assert is_spoken("pt-BR", "pt-br")
    assert not is_spoken("pt-BR", "pt")
    assert not is_spoken("no", "nordic")
