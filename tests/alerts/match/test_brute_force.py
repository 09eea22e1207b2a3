from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.match.compile import compile_rules
from alerts.match.explain import render_explanation
from alerts.match.matcher import Matcher
from alerts.watchlist.clauses import All, Clause, Filter, Rule, Theme
from stream.event import ArticleEvent
from tests.support.brute_force import BruteForce
from tests.support.match_articles import article
from tests.support.match_cases import LABELS, THEMES, clauses, events

_BRUTE = BruteForce(THEMES, LABELS)
_ALWAYS = Filter("when.source", "source", ("wire", "other"))  # gives purely negative conditions an anchor


def anchored(clause: Clause) -> Clause:
    """The clause itself where it has something that must be there, else beside one that always is."""
    try:
        compile_rules([Rule("one", "One", "test", clause)], THEMES, LABELS)
    except ValueError:
        return All("when", (_ALWAYS, clause))
    return clause


def compiled(conditions: Sequence[Clause]) -> Matcher:
    rules = [Rule(f"r{i}", f"Rule {i}", "test", anchored(clause)) for i, clause in enumerate(conditions)]
    return compile_rules(rules, THEMES, LABELS)


@settings(max_examples=150, deadline=None)
@given(st.lists(clauses, min_size=1, max_size=5), st.lists(events(), min_size=1, max_size=4))
def test_given_random_rules_and_events_when_matched_then_brute_force_agrees(
    conditions: list[Clause], articles: list[ArticleEvent]
) -> None:
    matcher = compiled(conditions)

    for event in articles:
        matched = {match.rule for match in matcher.match(event)}

        assert matched == {f"r{i}" for i, clause in enumerate(conditions) if _BRUTE.holds(clause, event)}


@settings(max_examples=150, deadline=None)
@given(clauses, events())
def test_given_a_match_when_its_evidence_is_read_then_every_stretch_stands_in_its_sentence(
    condition: Clause, event: ArticleEvent
) -> None:
    for match in compiled([condition]).match(event):
        evidence = match.evidence

        assert evidence
        assert len(set(evidence)) == len(evidence)
        for one in evidence:
            source = getattr(event, one.field)
            stretch = source[one.start : one.end]
            assert stretch
            assert one.sentence == source.strip() or one.sentence in source
            assert stretch[:1] in one.sentence


@settings(max_examples=150, deadline=None)
@given(clauses, events())
def test_given_any_rule_when_explained_then_the_explanation_agrees_with_the_match(
    condition: Clause, event: ArticleEvent
) -> None:
    matcher = compiled([condition])

    node = matcher.explain("r0", event)

    assert node.holds == bool(matcher.match(event))
    assert render_explanation(node).startswith("✓" if node.holds else "✗")


def test_given_a_denial_behind_a_longer_window_when_labelled_then_the_shortest_window_counts() -> None:
    event = article("", "deal military; military denied.")
    condition = Theme("when.theme", "military", frozenset({"denied"}))

    assert compiled([condition]).match(event)
    assert _BRUTE.holds(condition, event)
