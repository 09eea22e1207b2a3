import pytest

from alerts.watchlist.clauses import (
    All,
    AnyOf,
    Clause,
    Countries,
    Filter,
    Near,
    Not,
    Phrase,
    Regex,
    Text,
    Theme,
)
from wirewatch.web.views.clauses import Told, tell

MANY = ("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI")


@pytest.mark.parametrize(
    ("clause", "said"),
    [
        (Countries("p", (("IR",), ("TR",)), "together"), "Iran and Turkey take part in one sentence."),
        (
            Countries("p", (("IR",), ("RU",)), "pair", salience="headline"),
            "A sentence reports something between Iran and Russia, in the title.",
        ),
        (Countries("p", (("RU", "BY"),), "together"), "One of Russia or Belarus takes part."),
        (
            Countries("p", (("IR",),), "together", role="mentioned", salience="lead"),
            "Iran is mentioned, in the title or the opening.",
        ),
        (
            Countries("p", (MANY, ("RU",)), "pair"),
            (
                "A sentence reports something between one of Austria, Belgium, Bulgaria, Cyprus, "
                "Czech Republic, Germany, Denmark, Estonia and 2 others and Russia."
            ),
        ),
        (
            Theme("p", "military_cooperation"),
            (
                "The theme “military cooperation” is reported in the same sentence, and not as denied, "
                "hypothetical or suspended."
            ),
        ),
        (
            Theme("p", "trade", frozenset(), "article"),
            "The theme “trade” is reported anywhere in the article.",
        ),
        (
            Text(
                "p", (Phrase("a b", 2), Near(("c", "d"), 9), Regex("e+")), ("title", "lead"), "sentence", True
            ),
            (
                "The title or lead has “a b” with up to 2 words between, or “c” and “d” within 9 words, "
                "or the pattern /e+/, in the sentence of the countries."
            ),
        ),
        (Filter("p", "publisher_country", ("QA", "AE")), "The publisher's country is QA or AE."),
    ],
)
def test_given_a_clause_when_told_then_it_reads_as_an_analyst_would_say_it(clause: Clause, said: str) -> None:
    assert tell(clause) == Told(said, "p")


def test_given_a_tree_when_told_then_its_shape_and_places_are_kept() -> None:
    leaf = Filter("when.any[0].language", "language", ("en",))
    tree = All("when", (AnyOf("when.any", (leaf,)), Not("when.none[0]", leaf)))

    told = tell(tree)

    assert (told.words, told.path) == ("All of these hold:", "when")
    assert [(part.words, part.path, len(part.parts)) for part in told.parts] == [
        ("At least one of these holds:", "when.any", 1),
        ("This must not hold:", "when.none[0]", 1),
    ]


def test_given_very_many_words_when_told_then_some_are_named_and_the_rest_counted() -> None:
    terms = tuple(Phrase(f"word{number}") for number in range(100))

    assert tell(Text("p", terms)).words.endswith("“word29”, or one of 70 more.")
