"""Filters that no article can meet are said, with what was meant."""

from dataclasses import replace
from pathlib import Path

import pytest

from alerts.watchlist.load import Loaded, load_watchlists
from alerts.watchlist.vocabulary import Surroundings
from tests.alerts.watchlist.conftest import VOCABULARY

SEEN = {"publisher": frozenset({"Le Monde", "BBC News"}), "section": frozenset({"World"})}


def load(folder: Path, when: str, around: Surroundings) -> Loaded:
    (folder / "a.yaml").write_text(
        f"rules:\n- id: a\n  tests: [{{article: x, expect: match}}]\n  when: {when}\n"
    )
    return load_watchlists(folder, replace(VOCABULARY, around=around))


def test_given_a_source_that_is_not_there_when_checked_then_it_is_an_error_with_a_suggestion(
    tmp_path: Path,
) -> None:
    around = Surroundings(frozenset({"inbox", "push"}), is_strict=True)

    loaded = load(tmp_path, "{any: [{text: gas}, {source: [push, inbx]}]}", around)

    (problem,) = loaded.problems
    assert (problem.is_error, problem.line, problem.column) == (True, 4, 45)
    assert (problem.message, problem.suggestion) == ('there is no source "inbx"', 'did you mean "inbox"?')


def test_given_a_source_that_is_not_there_when_a_service_reads_it_then_it_warns_and_keeps_the_rules(
    tmp_path: Path,
) -> None:
    loaded = load(tmp_path, "{source: inbx}", Surroundings(frozenset({"inbox"})))

    assert [problem.severity for problem in loaded.problems] == ["warning"]
    assert [rule.id for rule in loaded.rules] == ["a"]


@pytest.mark.parametrize("sources", [None, frozenset({"INBX"})])
def test_given_sources_that_nobody_knows_or_of_other_case_when_checked_then_nothing_is_said(
    tmp_path: Path, sources: frozenset[str] | None
) -> None:
    assert load(tmp_path, "{source: inbx}", Surroundings(sources, is_strict=True)).problems == ()


def test_given_a_store_when_a_value_was_never_seen_in_it_then_that_is_a_warning(tmp_path: Path) -> None:
    around = Surroundings(seen=lambda field: SEEN[field])

    loaded = load(tmp_path, "{publisher: [bbc news, Le Mond], none: {section: Wold}}", around)

    assert [(problem.severity, problem.message, problem.suggestion) for problem in loaded.problems] == [
        ("warning", 'no stored article has the publisher "Le Mond"', 'did you mean "Le Monde"?'),
        ("warning", 'no stored article has the section "Wold"', 'did you mean "World"?'),
    ]


def test_given_an_empty_store_when_checked_then_nothing_is_said(tmp_path: Path) -> None:
    around = Surroundings(seen=lambda _field: frozenset())

    assert load(tmp_path, "{publisher: BBC}", around).problems == ()
