import gc
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from alerts.match.compile import compile_rules
from alerts.watchlist.clauses import (
    All,
    AnyOf,
    Clause,
    Countries,
    Near,
    Not,
    Phrase,
    Regex,
    Rule,
    Text,
)
from stream.event import Mention, Relation
from tests.support.match_articles import article
from tests.support.match_rules import AGREED, IR_TR, LABELS, MILITARY, THEMES, matches


@pytest.mark.parametrize(
    ("status", "found"), [("live", [False]), ("test", [True]), ("draft", []), ("retired", [])]
)
def test_given_a_status_when_matched_then_only_live_and_test_rules_match(
    status: str, found: list[bool]
) -> None:
    assert [match.is_test for match in matches(IR_TR, AGREED, status=status)] == found


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        (Text("when.text", (Phrase("!?"),)), "rule rule: a phrase needs"),
        (Text("when.text", (Regex("(?=x)y"),)), "rule rule: look-around"),
        (Not("when.none", MILITARY), "rule rule: nothing in it must be there"),
    ],
)
def test_given_a_rule_that_cannot_be_compiled_then_the_error_names_it(when: Clause, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        matches(when, AGREED)


def test_given_many_rules_when_matched_then_only_those_of_the_pair_hold_in_their_order() -> None:
    codes = [first + second for first in "ABCDEFGHI" for second in "QWXZ"]
    others = [
        Rule(
            f"{one}-{other}",
            "Other",
            "list",
            All("when", (Countries("c", ((one,), (other,)), "pair"), MILITARY)),
        )
        for one in codes
        for other in codes
        if one != other
    ]
    rules = [Rule("last", "Last", "list", MILITARY), *others, Rule("pair", "Pair", "list", IR_TR)]

    found = compile_rules(rules, THEMES, LABELS).match(AGREED)

    assert [match.rule for match in found] == ["last", "pair"]


def test_given_threads_that_share_a_matcher_when_it_is_swapped_then_each_match_is_whole() -> None:
    old = compile_rules([Rule("old", "Old", "list", All("when", (IR_TR, MILITARY)))], THEMES, LABELS)
    new = compile_rules([Rule("new", "New", "list", Text("t", (Regex("joint"),)))], THEMES, LABELS)
    current = [old]

    def match(turn: int) -> set[str]:
        if turn == 200:
            current[0] = new
            gc.collect()
        return {match.rule for match in current[0].match(AGREED)}

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(match, range(400)))

    assert all(rules in ({"old"}, {"new"}) for rules in found)
    assert found[-1] == {"new"}


@pytest.mark.parametrize("sentences", [(), (5,), (90, 3, 40), (-7, 1 << 40)])
@pytest.mark.parametrize("number", [0, 7, -3, 1 << 40])
def test_given_an_event_whose_numbers_are_wrong_when_matched_then_it_still_tells_what_it_can(
    sentences: tuple[int, ...], number: int
) -> None:
    event = msgspec.structs.replace(
        article("Title", "A joint exercise.\n\nDrones."),
        sentences=sentences,
        mentions=(
            Mention(country="IR", field="text", start=-5, end=1 << 40, sentence=number, role="participant"),
        ),
        relations=(Relation(countries=("IR", "TR"), field="text", sentence=number),),
    )
    drones = Text("when.text", (Phrase("drones"),), within="paragraph", of_countries=True)

    (match,) = matches(AnyOf("when", (All("when.any[0]", (IR_TR, MILITARY)), IR_TR, drones)), event)

    assert match.evidence


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "words",
    [
        "iran ",
        "joint exercise denied ",
        "defence deal might ",
        "signed deal iran ",
        "a",
        "e\u0301",
        "伊朗",
        " . ",
        "إيران ",
    ],
)
def test_given_a_huge_text_made_of_triggers_when_matched_then_it_costs_linear_time(words: str) -> None:
    text = words * (200_000 // len(words))
    event = msgspec.structs.replace(article("Iran"), text=text, sentences=tuple(range(0, len(text), 40)))
    rules = [
        Rule("near", "Near", "list", Text("t", (Near(("iran", "deal"), 3), Phrase("signed iran deal", 5)))),
        Rule("wide", "Wide", "list", Text("t", (Phrase("iran"),), within="paragraph", of_countries=True)),
        Rule("theme", "Theme", "list", MILITARY),
        Rule("regex", "Regex", "list", Text("t", (Regex("(a+)+b"), Regex(r"(\w+\s?)+!"), Regex("(a|aa)+z")))),
    ]

    found = compile_rules(rules, THEMES, LABELS).match(event)

    assert {match.rule for match in found} <= {"near", "wide", "theme", "regex"}
