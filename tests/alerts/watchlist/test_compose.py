from collections.abc import Callable

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
    Rule,
    Text,
    Theme,
)
from alerts.watchlist.load import Loaded

Load = Callable[[str], Loaded]
NATO = ("NO", "TR", "US")


def rule_of(load: Load, when: str, more: str = "") -> Rule:
    loaded = load(f"rules:\n- id: one\n  {more}\n  when: {when}\n")
    assert loaded.errors == ()
    return (loaded.rules + loaded.resting)[0]


def when_of(load: Load, when: str) -> Clause:
    return rule_of(load, when).when


@pytest.mark.parametrize(
    ("written", "clause"),
    [
        ("[IR, TR]", Countries("when.countries", (("IR",), ("TR",)), "pair")),
        (
            "{all_of: [IR, TR], as: mentioned}",
            Countries("when.countries", (("IR",), ("TR",)), "together", "mentioned"),
        ),
        ("[NO]", Countries("when.countries", (("NO",),), "together")),
        ("{all_of: [IR, TR, RU]}", Countries("when.countries", (("IR",), ("TR",), ("RU",)), "together")),
        ("{any_of: [IR, group:NATO, TR]}", Countries("when.countries", (("IR", *NATO),), "together")),
        ("{pair: [group:NATO, RU]}", Countries("when.countries", (NATO, ("RU",)), "pair")),
        ("{between: [group:NATO, group:NATO]}", Countries("when.countries", (NATO, NATO), "pair")),
        (
            "{all_of: [IR], as: mentioned, salience: headline}",
            Countries("when.countries", (("IR",),), "together", "mentioned", "headline"),
        ),
    ],
)
def test_given_countries_in_any_form_when_composed_then_the_alternatives_are_those_of_the_form(
    load: Load, written: str, clause: Countries
) -> None:
    assert when_of(load, f"{{countries: {written}}}") == clause


DEFAULT = frozenset({"denied", "suspended", "hypothetical"})


@pytest.mark.parametrize(
    ("written", "exclude", "within"),
    [
        ("sanctions", DEFAULT, "sentence"),
        ("{name: sanctions}", DEFAULT, "sentence"),
        ("{name: sanctions, within: article}", DEFAULT, "article"),
        ("{name: sanctions, labels: {exclude: [past, opinion]}}", {"past", "opinion"}, "sentence"),
        ("{name: sanctions, labels: {exclude: []}}", frozenset(), "sentence"),
        ("{name: sanctions, labels: {include: denied}}", {"suspended", "hypothetical"}, "sentence"),
    ],
)
def test_given_a_theme_in_any_form_when_composed_then_its_labels_are_those_that_keep_it_out(
    load: Load, written: str, exclude: frozenset[str], within: str
) -> None:
    clause = when_of(load, f"{{theme: {written}}}")

    assert isinstance(clause, Theme)
    assert (clause.path, clause.name, clause.within) == ("when.theme", "sanctions", within)
    assert clause.exclude == exclude


@pytest.mark.parametrize(
    ("written", "terms"),
    [
        ("arms deal", (Phrase("arms deal"),)),
        ("2024", (Phrase("2024"),)),
        ("[012, NO, true]", (Phrase("012"), Phrase("NO"), Phrase("true"))),
        ("[arms deal, drone*]", (Phrase("arms deal"), Phrase("drone*"))),
        (
            "{any: [arms deal, {near: [drone, sale], words: 5}]}",
            (Phrase("arms deal"), Near(("drone", "sale"), 5)),
        ),
        ("{phrase: arms deal, slop: 2}", (Phrase("arms deal", 2),)),
        ("{near: [drone, sale]}", (Near(("drone", "sale"), 10),)),
        ("{regex: 'S-?[34]00'}", (Regex("S-?[34]00"),)),
    ],
)
def test_given_text_in_any_form_when_composed_then_its_terms_are_those_of_the_form(
    load: Load, written: str, terms: tuple[Phrase | Near | Regex, ...]
) -> None:
    assert when_of(load, f"{{text: {written}}}") == Text("when.text", terms)


def test_given_text_tied_to_the_countries_when_composed_then_it_is_tied_by_the_sentence(load: Load) -> None:
    clause = when_of(load, "{countries: [IR], text: {phrase: gas, of: countries, fields: title}}")

    assert isinstance(clause, All)
    assert clause.parts[1] == Text("when.text", (Phrase("gas"),), ("title",), "sentence", of_countries=True)


def test_given_filters_when_composed_then_one_word_is_a_list_of_one(load: Load) -> None:
    clause = when_of(
        load, "{publisher: BBC, language: [no, en], publisher_country: NO, section: 7, source: [a]}"
    )

    assert isinstance(clause, All)
    assert set(clause.parts) == {
        Filter("when.source", "source", ("a",)),
        Filter("when.publisher", "publisher", ("BBC",)),
        Filter("when.publisher_country", "publisher_country", ("NO",)),
        Filter("when.language", "language", ("no", "en")),
        Filter("when.section", "section", ("7",)),
    }


def test_given_nested_conditions_when_composed_then_paths_are_those_of_the_yaml(load: Load) -> None:
    clause = when_of(
        load,
        "{all: [{countries: [IR]}, {text: gas}], any: [{text: oil}, {publisher: BBC, language: en}],"
        " none: {theme: sanctions, text: ban}}",
    )

    assert clause == All(
        "when",
        (
            Countries("when.all[0].countries", (("IR",),), "together"),
            Text("when.all[1].text", (Phrase("gas"),)),
            AnyOf(
                "when.any",
                (
                    Text("when.any[0].text", (Phrase("oil"),)),
                    All(
                        "when.any[1]",
                        (
                            Filter("when.any[1].publisher", "publisher", ("BBC",)),
                            Filter("when.any[1].language", "language", ("en",)),
                        ),
                    ),
                ),
            ),
            Not("when.none", Theme("when.none.theme", "sanctions")),
            Not("when.none", Text("when.none.text", (Phrase("ban"),))),
        ),
    )


def test_given_a_rule_when_composed_then_the_watchlist_and_its_owner_stand_in_for_what_it_lacks(
    load: Load,
) -> None:
    loaded = load(
        "watchlist: mideast\nowner: desk\nrules:\n- {id: a, when: {text: gas}}\n"
        "- {id: b, when: {text: oil}, owner: me, title: Oil}\n"
    )

    first, second = loaded.rules
    assert (first.title, first.owner, first.watchlist, first.severity, first.status) == (
        "a",
        "desk",
        "mideast",
        "medium",
        "live",
    )
    assert (second.title, second.owner) == ("Oil", "me")
    assert first.location.endswith("desk.yaml:4")


def test_given_a_file_without_a_name_when_composed_then_the_file_names_the_watchlist(load: Load) -> None:
    assert rule_of(load, "{text: gas}").watchlist == "desk"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("{countries: [IR, TR]}", ""), ("{all: [{countries: [TR, IR]}]}", "")),
        (("{text: [gas, oil]}", ""), ("{text: {any: [oil, gas]}}", "")),
        (("{text: gas, theme: sanctions}", ""), ("{theme: sanctions, text: gas}", "")),
        (("{text: gas}", "title: One"), ("{text: gas}", "title: Two")),
        (("{text: gas}", "tags: [a, b]"), ("{text: gas}", "tags: [b, a]")),
        (("{text: gas}", "tests: []"), ("{text: gas}", "tests: [{article: x1 y, expect: match}]")),
    ],
)
def test_given_two_rules_that_match_the_same_and_go_the_same_way_when_composed_then_versions_agree(
    load: Load, first: tuple[str, str], second: tuple[str, str]
) -> None:
    assert rule_of(load, *first).version == rule_of(load, *second).version


@pytest.mark.parametrize(
    ("when", "more"),
    [
        ("{text: gas!}", ""),
        ("{text: {phrase: gas, slop: 1}}", ""),
        ("{text: {phrase: gas, fields: [title]}}", ""),
        ("{any: [{text: gas}, {theme: sanctions}]}", ""),
        ("{text: gas, none: {text: oil}}", ""),
        ("{text: gas}", "severity: high"),
        ("{text: gas}", "tags: [a]"),
        ("{text: gas}", "status: test"),
    ],
)
def test_given_a_rule_that_matches_or_goes_elsewhere_when_composed_then_its_version_differs(
    load: Load, when: str, more: str
) -> None:
    assert rule_of(load, when, more).version != rule_of(load, "{text: gas}").version
