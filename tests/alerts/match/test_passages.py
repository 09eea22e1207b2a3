import pytest

from alerts.watchlist.clauses import (
    All,
    Near,
    Phrase,
    Regex,
    Text,
)
from tests.support.match_articles import article
from tests.support.match_rules import IR_TR, MILITARY, matches, stretches


def test_given_a_lead_that_opens_the_text_when_matched_then_its_words_are_evidence_once() -> None:
    event = article("Title", "A drone fell.", "Nobody was hurt.", lead="A drone fell.")

    (both,) = matches(Text("when.text", (Phrase("drone"),)), event)
    (lead,) = matches(Text("when.text", (Phrase("drone"),), fields=("lead",)), event)

    assert stretches(both) == [("when.text", "text", "drone")]
    assert stretches(lead) == [("when.text", "lead", "drone")]
    assert matches(Text("when.text", (Phrase("hurt"),), fields=("title", "lead")), event) == ()


def test_given_words_across_title_and_text_when_matched_then_they_are_no_phrase_and_not_near() -> None:
    event = article("The joint", "Exercise began.")

    assert matches(MILITARY, event) == ()
    assert matches(Text("when.text", (Near(("joint", "began"), 50),)), event) == ()


@pytest.mark.parametrize(
    ("term", "stretch"),
    [
        (Phrase("St Petersburg"), "St. Petersburg"),
        (Phrase("signed deal", 2), "signed a drone deal"),
        (Phrase("sign* deal*", 2), "signed a drone deal"),
        (Near(("deal", "signed"), 4), "signed a drone deal"),
        (Regex(r"dro\w+"), "drone"),
        (Phrase("Ankara’s"), "Ankara's"),
    ],
)
def test_given_a_way_to_name_words_when_matched_then_the_evidence_is_exact(
    term: Phrase | Near | Regex, stretch: str
) -> None:
    event = article("In St. Petersburg", "They signed a drone deal at Ankara's wish.")

    (match,) = matches(Text("when.text", (term,)), event)

    assert [words for _, _, words in stretches(match)] == [stretch]


@pytest.mark.parametrize(
    "term", [Phrase("signed deal", 1), Phrase("deal signed", 9), Near(("deal", "signed"), 3)]
)
def test_given_words_too_far_apart_or_in_another_order_when_matched_then_nothing_is_found(
    term: Phrase | Near,
) -> None:
    assert matches(Text("when.text", (term,)), article("They signed a drone deal")) == ()


def test_given_text_of_the_countries_when_it_stands_elsewhere_then_only_its_paragraph_helps() -> None:
    event = article(
        "Title",
        "[Iran|IR] met [Turkey|TR].",
        "Drones came up.\n\n",
        "Ships too.",
        relations=(("IR", "TR", "text", 0),),
    )

    def beside(word: str, within: str) -> int:
        text = Text("when.text", (Phrase(word),), within=within, of_countries=True)  # type: ignore[arg-type]  # a scope
        return len(matches(All("when", (IR_TR, text)), event))

    assert (beside("drones", "sentence"), beside("drones", "paragraph"), beside("ships", "paragraph")) == (
        0,
        1,
        0,
    )
