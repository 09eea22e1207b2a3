from dataclasses import replace

import pytest

from alerts.watchlist.clauses import (
    All,
    AnyOf,
    Filter,
    Not,
    Phrase,
    Text,
)
from tests.support.match_articles import article
from tests.support.match_rules import AGREED, IR_TR, MILITARY, matches, stretches


def test_given_pair_and_theme_in_the_title_when_matched_then_the_title_is_the_first_proof() -> None:
    (match,) = matches(All("when", (IR_TR, MILITARY)), AGREED)

    assert stretches(match) == [
        ("when.countries", "title", "Iran"),
        ("when.countries", "title", "Turkey"),
        ("when.theme", "title", "military cooperation"),
    ]
    assert (match.countries, match.theme, match.labels) == (("IR", "TR"), "military", ())
    assert {one.sentence for one in match.evidence} == {AGREED.title}


def test_given_the_theme_in_another_sentence_when_matched_then_it_does_not_count() -> None:
    event = article(
        "[Iran|IR] receives [Turkey|TR]",
        "[Egypt|EG] plans a joint exercise.",
        relations=(("IR", "TR", "title", 0),),
    )

    tied = matches(All("when", (IR_TR, MILITARY)), event)
    loose = matches(All("when", (IR_TR, replace(MILITARY, within="article"))), event)

    assert tied == ()
    assert stretches(loose[0])[-1] == ("when.theme", "text", "joint exercise")


def test_given_an_any_beside_countries_when_matched_then_its_theme_must_share_their_sentence() -> None:
    event = article(
        "[Iran|IR] receives [Turkey|TR]", "Drones: a defence deal.", relations=(("IR", "TR", "title", 0),)
    )
    choice = AnyOf("when.any", (All("when.any[0]", (MILITARY, Text("t", (Phrase("drones"),)))), MILITARY))

    assert matches(All("when", (IR_TR, choice)), event) == ()


def test_given_a_denied_theme_when_matched_then_the_rule_decides_and_the_label_is_on_the_match() -> None:
    event = article("[Iran|IR] denies defence deal with [Turkey|TR]", relations=(("IR", "TR", "title", 0),))

    excluded = matches(All("when", (IR_TR, MILITARY)), event)
    (included,) = matches(All("when", (IR_TR, replace(MILITARY, exclude=frozenset()))), event)

    assert excluded == ()
    assert included.labels == ("denied",)


@pytest.mark.parametrize(
    ("clause", "found"),
    [
        (Filter("when.source", "source", ("WIRE",)), 1),
        (Filter("when.publisher", "publisher", ("anadolu ajansı",)), 1),
        (Filter("when.language", "language", ("en",)), 1),
        (Filter("when.language", "language", ("en-US",)), 0),
        (Filter("when.section", "section", ("world",)), 0),
    ],
)
def test_given_a_filter_when_matched_then_its_value_must_be_equal_and_proves_itself(
    clause: Filter, found: int
) -> None:
    event = article("Title", "Text.", language="en-GB", publisher="Anadolu Ajansı")

    result = matches(clause, event)

    assert len(result) == found
    assert all(words == getattr(event, clause.field) for match in result for _, _, words in stretches(match))


def test_given_none_of_a_word_when_it_is_anywhere_then_nothing_matches() -> None:
    without = All("when", (IR_TR, Not("when.none[0]", Text("when.none[0].text", (Phrase("watches"),)))))

    assert matches(without, AGREED) == ()
    assert len(matches(All("when", (IR_TR, Not("n", Text("t", (Phrase("football"),))))), AGREED)) == 1
