from dataclasses import replace

import pytest

from alerts.watchlist.clauses import (
    All,
    Countries,
)
from tests.support.match_articles import article
from tests.support.match_rules import AGREED, IR_TR, MILITARY, matches, stretches


@pytest.mark.parametrize(("one", "other"), [("TR", "US"), ("IR", "RU"), ("IR", "US")])
def test_given_a_country_in_passing_when_a_pair_with_it_is_asked_for_then_nothing_matches(
    one: str, other: str
) -> None:
    countries = Countries("when.countries", ((one,), (other,)), "pair")

    assert matches(All("when", (countries, MILITARY)), AGREED) == ()


def test_given_a_group_on_one_side_when_matched_then_the_member_that_takes_part_is_named() -> None:
    countries = Countries("when.countries", (("US", "TR", "DE"), ("IR", "TR")), "pair")

    (match,) = matches(countries, AGREED)

    assert match.countries == ("TR", "IR")


def test_given_a_mention_in_passing_when_any_mention_counts_then_it_matches() -> None:
    passing = Countries("when.countries", (("US",),), "together", role="mentioned")

    (match,) = matches(passing, AGREED)

    assert stretches(match) == [("when.countries", "text", "United States")]
    assert matches(replace(passing, role="participant"), AGREED) == ()


@pytest.mark.parametrize(("salience", "found"), [("any", 1), ("lead", 0), ("headline", 0)])
def test_given_countries_far_down_when_salience_is_asked_for_then_they_do_not_count(
    salience: str, found: int
) -> None:
    event = article(
        "Title", "One.", "Two.", "[Iran|IR] and [Turkey|TR].", relations=(("IR", "TR", "text", 2),)
    )

    assert len(matches(replace(IR_TR, salience=salience), event)) == found  # type: ignore[arg-type]  # a salience


def test_given_a_sentence_without_names_when_its_relation_counts_then_the_sentence_is_the_proof() -> None:
    event = article("Title", "The two armies plan a joint exercise.", relations=(("IR", "TR", "text", 0),))

    (match,) = matches(All("when", (IR_TR, MILITARY)), event)

    assert stretches(match)[0][2] == "The two armies plan a joint exercise."


def test_given_a_territory_beside_its_state_when_related_then_a_rule_for_either_matches() -> None:
    event = article(
        "Title",
        "[Fiji|FJ] sends a doctor to [Hong Kong|HK] after a request by [China|CN].",
        relations=(("CN", "FJ", "text", 0),),
    )

    found = [
        matches(Countries("when.countries", ((code,), ("FJ",)), "pair"), event) for code in ("CN", "HK", "MO")
    ]

    assert [len(each) for each in found] == [1, 1, 0]
    assert found[1][0].countries == ("HK", "FJ")
