import pytest

from alerts.match.compile import compile_rules
from alerts.match.themes import ThemeHit
from alerts.watchlist.themes import LabelWords, NearWords, ThemeDefinition, ThemeWords
from stream.event import ArticleEvent
from tests.support.match_articles import article

THEMES = {
    "conflict": ThemeDefinition(
        "conflict",
        {
            "en": ThemeWords(
                ("air strike*", "strike*"),
                (NearWords((("troops", "soldiers"), ("clash*",)), 5),),
                ("strikes a deal", "strike pay"),
            ),
            "zh": ThemeWords(("空袭",)),
            "ar": ThemeWords(("غارة جوية",)),
            "fr": ThemeWords(("frappe*",)),
        },
    ),
    "trade": ThemeDefinition("trade", {"en": ThemeWords(("deal",))}),
}
LABELS = LabelWords(
    {
        "en": {
            "denied": ("denied", "no plans"),
            "suspended": ("called off", "stopped"),
            "hypothetical": ("might",),
            "past": ("last century",),
            "opinion": ("opinion",),
        }
    }
)


def hits(event: ArticleEvent) -> tuple[ThemeHit, ...]:
    return compile_rules([], THEMES, LABELS).find_themes(event)


def found(event: ArticleEvent) -> list[tuple[str, str]]:
    return [(hit.name, getattr(event, hit.field)[hit.start : hit.end]) for hit in hits(event)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Air strikes hit the port", [("conflict", "Air strikes")]),
        ("The union strikes a deal", [("trade", "deal")]),
        ("Workers on strike pay", []),
        ("Two strikes, and it strikes a deal", [("conflict", "strikes"), ("trade", "deal")]),
        ("Clashes with soldiers", [("conflict", "Clashes with soldiers")]),
        ("Soldiers heard that far away a clash began", []),
        ("Soldiers strike in clashes", [("conflict", "Soldiers strike in clashes")]),
    ],
)
def test_given_a_sentence_when_themes_are_sought_then_triggers_near_and_exclusions_decide(
    sentence: str, expected: list[tuple[str, str]]
) -> None:
    assert found(article(sentence)) == expected


@pytest.mark.parametrize(
    ("language", "sentence", "expected"),
    [
        ("zh", "当地遭空袭", ["空袭"]),
        ("zh-Hant", "当地遭空袭, a strike", ["空袭", "strike"]),
        ("ar", "شنت غارة جويّة أمس", ["غارة جويّة"]),
        ("fr", "Une frappe", ["frappe"]),
        ("en", "Une frappe", []),
        ("und", "Une frappe", ["frappe"]),
        ("sw", "A strike", ["strike"]),
    ],
)
def test_given_a_language_when_themes_are_sought_then_its_words_and_english_count(
    language: str, sentence: str, expected: list[str]
) -> None:
    assert [words for _, words in found(article(sentence, language=language))] == expected


@pytest.mark.parametrize(
    ("sentence", "labels"),
    [
        ("They denied the strike", ("denied",)),
        ("The strike was called off", ("suspended",)),
        ("A strike might, they denied, come", ("denied", "hypothetical")),
        ("They denied it; the strike came", ()),
        ("They denied one two three four five six seven strike", ("denied",)),
        ("They denied one two three four five six seven eight strike", ()),
        ("In the last century, as far as one two three four five six seven, a strike", ("past",)),
        ("An air strike stopped trains", ("suspended",)),
        ("A strike", ()),
    ],
)
def test_given_words_around_a_trigger_when_labelled_then_only_near_ones_of_its_clause_count(
    sentence: str, labels: tuple[str, ...]
) -> None:
    (hit,) = hits(article("Title", sentence))

    assert hit.labels == labels


def test_given_words_in_two_sentences_when_themes_are_sought_then_they_are_not_near() -> None:
    assert found(article("Title", "He spoke of soldiers.", "Clashes of taste followed.")) == []


def test_given_a_label_word_that_is_the_trigger_when_labelled_then_it_says_nothing() -> None:
    themes = {"sanctions": ThemeDefinition("sanctions", {"en": ThemeWords(("stopped payments",))})}

    (hit,) = compile_rules([], themes, LABELS).find_themes(article("They stopped payments"))

    assert hit.labels == ()


def test_given_a_theme_that_ignores_a_label_when_labelled_then_it_carries_the_others_only() -> None:
    words = {"en": ThemeWords(("retaliat*",))}
    themes = {
        "threat": ThemeDefinition("threat", words, ignores=frozenset({"hypothetical"})),
        "war": ThemeDefinition("war", words),
    }

    found = compile_rules([], themes, LABELS).find_themes(article("It might retaliate, the envoy denied"))

    assert {hit.name: hit.labels for hit in found} == {
        "threat": ("denied",),
        "war": ("denied", "hypothetical"),
    }


def test_given_a_mark_in_the_sentence_before_when_labelled_then_it_does_not_count() -> None:
    (hit,) = hits(article("Title", "They denied it.", "A strike came."))

    assert hit.labels == ()
    assert hit.sentence == "A strike came."


def test_given_an_opinion_piece_when_labelled_then_the_whole_article_is_opinion() -> None:
    (hit,) = hits(article("Opinion: what now", "A strike came."))

    assert hit.labels == ("opinion",)
