"""What `explain` denies must be absent, and what it promises must hold."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings

from alerts.match.compile import compile_rules
from alerts.match.explain import Node
from alerts.match.matcher import Matcher
from alerts.watchlist.clauses import All, AnyOf, Clause, Countries, Not, Phrase, Rule, Text, Theme
from ingest.annotating import load_annotate
from ingest.item import RawItem
from ingest.normalise import normalise
from stream.event import ArticleEvent
from tests.alerts.match.test_brute_force import anchored
from tests.support.brute_force import BruteForce
from tests.support.explained import FactCheck
from tests.support.match_articles import article
from tests.support.match_cases import LABELS, THEMES, clauses, events
from wirewatch.rulefiles import read_rules

_NE = Countries("when.countries", (("NE",),), "together")
_ROOT = Path(__file__).parents[3]


def why(clause: Clause, event: ArticleEvent) -> str:
    matcher = compile_rules([Rule("rule", "Rule", "list", clause, status="draft")], THEMES, LABELS)
    return matcher.explain("rule", event).why


def denials(clause: Clause, node: Node) -> Iterator[tuple[Clause, str]]:
    """The leaves that hold nowhere, with what is said of them."""
    match clause:
        case All(parts=parts) | AnyOf(parts=parts):
            for part, below in zip(parts, node.parts, strict=True):
                yield from denials(part, below)
        case Not(part=part):
            yield from denials(part, node.parts[0])
        case _:
            if not node.holds and node.why != "not in the sentence that decides":
                yield clause, node.why


def labels_of(matcher: Matcher, event: ArticleEvent, theme: str) -> list[frozenset[str]]:
    return [frozenset[str](hit.labels) for hit in matcher.find_themes(event) if hit.name == theme]


def check(matcher: Matcher, rule: Rule, event: ArticleEvent, brute: BruteForce) -> int:
    """Hold every denial of an explanation against the event; returns how many there were."""
    facts = FactCheck(brute, event, lambda theme: labels_of(matcher, event, theme))
    found = list(denials(rule.when, matcher.explain(rule.id, event)))
    for clause, said in found:
        assert facts.is_true(clause, said), (clause, said)
    return len(found)


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("[Niger|NE?]", "NE is named in passing only; `as: mentioned` would match"),
        ("[Mali|ML]", "neither title nor text names NE"),
    ],
)
def test_given_a_country_that_takes_no_part_when_explained_then_it_says_how_it_is_named(
    role: str, said: str
) -> None:
    assert why(_NE, article(f"Soldiers seize power in coup in {role}")) == said


def test_given_two_that_take_part_apart_when_explained_then_it_says_so_and_promises_nothing() -> None:
    pair = Countries("when.countries", (("IR",), ("TR",)), "pair")

    said = why(pair, article("", "[Iran|IR] voted.", "[Turkey|TR] voted."))

    assert said == "no sentence reports a relation of IR with TR"


def test_given_words_in_another_field_when_explained_then_it_says_where_they_are() -> None:
    text = Text("when.text", (Phrase("voted"),), fields=("title",))

    assert why(text, article("News", "Iran voted.")) == "found in the text only"


def test_given_a_language_that_the_theme_has_no_words_in_when_explained_then_it_says_so() -> None:
    said = why(Theme("when.theme", "military"), article("Uutisia tänään", language="fi"))

    assert said == "no trigger found; the theme has no words in the language of the article (fi)"


@settings(max_examples=300, deadline=None)
@given(clauses, events())
def test_given_random_rules_when_explained_then_no_reason_contradicts_the_event(
    condition: Clause, event: ArticleEvent
) -> None:
    rule = Rule("rule", "Rule", "test", anchored(condition))
    matcher = compile_rules([rule], THEMES, LABELS)

    check(matcher, rule, event, BruteForce(THEMES, LABELS))


def test_given_500_pairs_of_shipped_rule_and_article_when_explained_then_no_reason_is_untrue() -> None:
    read = read_rules(_ROOT / "config")
    rules = (*read.watchlists.rules, *read.watchlists.resting)
    matcher = compile_rules(rules, read.themes.themes, read.themes.labels)
    annotate = load_annotate()
    said = [test.article for test in read.watchlists.tests]
    texts = [(one.get("title"), one.get("text"), one.get("language")) for one in said]
    brute = BruteForce(read.themes.themes, read.themes.labels)
    draw = random.Random(10)

    checked = 0
    for _ in range(500):
        title, text, language = draw.choice(texts)
        item = RawItem(source="wire", found_at=datetime.now(UTC), title=title, text=text, language=language)
        event = normalise(item, annotate)
        assert isinstance(event, ArticleEvent)
        checked += check(matcher, draw.choice(rules), event, brute)

    assert checked >= 300
