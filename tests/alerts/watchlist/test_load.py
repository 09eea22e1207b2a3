import json
from collections.abc import Callable
from pathlib import Path

import pycountry
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.watchlist.load import Loaded, load_watchlists
from alerts.watchlist.vocabulary import Vocabulary, world
from stream.config.problem import ConfigProblem

Load = Callable[[str], Loaded]

HEAD = "rules:\n- id: one\n  tests: [{article: a b c, expect: match}]\n"


def only_problem(load: Load, rule: str) -> ConfigProblem:
    (problem,) = load(HEAD + rule).problems
    return problem


@pytest.mark.parametrize(
    ("rule", "place", "message", "suggestion"),
    [
        ("  when: {countries: [Iran]}", (4, 22), '"Iran" is no country code known here', "write IR"),
        ("  when: {countries: [IR, tr]}", (4, 26), '"tr" is no country code known here', "write TR"),
        ("  when: {countries: [IRN]}", (4, 22), '"IRN" is no country code known here', "write IR"),
        ("  when: {countries: [UK]}", (4, 22), '"UK" is no country code known here', "write GB"),
        ("  when: {countries: [Turky]}", (4, 22), '"Turky" is no country code', "did you mean TR (Turkey)?"),
        ("  when: {countries: [QQ]}", (4, 22), '"QQ" is no country code known here', None),
        ("  when: {countries: [NATO]}", (4, 22), '"NATO" is no country code', "write group:NATO"),
        ("  when: {countries: ['group:nato']}", (4, 22), '"group:nato" is no group', "write group:NATO"),
        ("  when: {countries: ['group:NATOO']}", (4, 22), "is no group", 'did you mean "group:NATO"?'),
        ("  when: {countries: [IR, IR]}", (4, 26), "IR stands here twice", None),
        ("  when: {countries: {pair: [IR]}}", (4, 28), "pair has too few entries", None),
        ("  when: {countries: {pair: [IR, TR, RU]}}", (4, 28), "pair has too many entries", None),
        ("  when: {countries: {pair: [IR, TR], any_of: [IR]}}", (4, 28), "any_of and pair exclude", None),
        ("  when: {countries: {as: mentioned}}", (4, 21), "nothing says what to look for", None),
        ("  when: {countries: {any_of: [IR], as: mention}}", (4, 40), "as is none of the words", "mentioned"),
        ("  when: {theme: sanction}", (4, 17), 'there is no theme "sanction"', 'did you mean "sanctions"?'),
        ("  when: {theme: [sanctions]}", (4, 17), "a theme clause names one theme", "any: ["),
        ("  when: {theme: {name: sanctions, labels: {exclude: denid}}}", (4, 53), "none of", "denied"),
        (
            "  when: {theme: {name: sanctions, labels: {exclude: past, include: past}}}",
            (4, 68),
            "past is both",
            None,
        ),
        ("  when: {text: '!?'}", (4, 16), "a phrase needs a letter or digit", None),
        ("  when: {text: ـــ}", (4, 16), "a phrase needs a letter or digit", None),
        ("  when: {text: []}", (4, 16), "text has too few entries", None),
        ("  when: {text: {phrase: gas, regex: oil}}", (4, 37), "phrase and regex exclude each other", None),
        ("  when: {text: {phrase: gas, words: 3}}", (4, 37), "words goes with near only", None),
        ("  when: {text: {near: [gas, oil], words: 1}}", (4, 42), "words is too small", None),
        ("  when: {text: {near: [gas]}}", (4, 23), "near has too few entries", None),
        ("  when: {text: {phrase: gas, slop: '1'}}", (4, 36), "slop is not a whole number", None),
        (r"  when: {text: {regex: '(a)\1'}}", (4, 24), "back references (\\1) are not supported", "with |"),
        ("  when: {text: {regex: 'a*'}}", (4, 24), "would match everything", "use +"),
        ("  when: {text: {phrase: gas, of: countries}}", (4, 34), "there are none beside it", None),
        ("  when: {text: {phrase: gas, of: countries, within: article}}", (4, 53), "needs a sentence", None),
        ("  when: {text: {phrase: gas, fields: body}}", (4, 38), "none of the words it may be", None),
        ("  when: {none: {text: gas}}", (4, 9), "with none alone the rule would match nearly", None),
        ("  when: {any: [{text: gas}, {none: [{text: oil}]}]}", (4, 9), "with none alone the rule", None),
        ("  when: {}", (4, 9), "a condition says nothing", None),
        ("  when: {text: gas, any: []}", (4, 26), "any has too few entries", None),
        ("  when: {txt: gas}", (4, 10), 'the key "txt" is not known here', 'did you mean "text"?'),
        ("  when: {published: today, text: gas}", (4, 10), "published is not supported yet", None),
        (
            "  when: {text: gas}\n  trigger: each",
            (5, 3),
            "trigger is not supported yet in this version",
            None,
        ),
        ("  when: {text: gas}\n  expect: {min: 1}", (5, 3), "expect is not supported yet in this", None),
        ("  when: {text: gas}\n  exceptions: []", (5, 3), "exceptions is not supported yet", None),
        ("  when: {text: gas}\n  alert: {}", (5, 3), "alert is not supported yet in this version", None),
        ("  when: {text: gas}\n  review_by: 2027-01-01", (5, 3), "review_by is not supported yet", None),
        (
            "  when: {text: gas}\n  status: lvie",
            (5, 11),
            "status is none of the words",
            'did you mean "live"?',
        ),
        ("  when: {text: gas}\n  tags: [A B]", (5, 10), "this is no short name", "write a-b"),
        (
            "  when: {text: gas, language: english}",
            (4, 31),
            '"english" is no language known here',
            "write en (English)",
        ),
    ],
)
def test_given_a_mistake_in_a_rule_when_loaded_then_its_place_and_advice_are_exact(
    load: Load, rule: str, place: tuple[int, int], message: str, suggestion: str | None
) -> None:
    problem = only_problem(load, rule)

    assert (problem.line, problem.column) == place
    assert message in problem.message
    assert (problem.suggestion is None) if suggestion is None else suggestion in (problem.suggestion or "")


def test_given_the_head_of_a_file_that_includes_others_when_loaded_then_it_says_not_yet(load: Load) -> None:
    loaded = load("include: [a.yaml]\nlists: {}\nrules:\n- {id: a, when: {text: gas}, status: draft}\n")

    assert [(problem.line, problem.message) for problem in loaded.problems] == [
        (1, "include is not supported yet in this version"),
        (2, "lists is not supported yet in this version"),
    ]


def test_given_every_country_there_is_when_loaded_then_each_can_be_watched(tmp_path: Path) -> None:
    codes = sorted(country.alpha_2 for country in pycountry.countries)
    path = tmp_path / "all.yaml"
    path.write_text(f"rules:\n- id: all\n  when: {{countries: {{any_of: [{', '.join(codes)}]}}}}\n")

    loaded = load_watchlists(path, world([]))

    assert loaded.errors == ()
    assert str(codes).strip("[]") in str(loaded.rules[0].when).replace('"', "'")
    assert len(codes) == 249


def test_given_every_group_there_is_when_loaded_then_it_is_its_members(tmp_path: Path) -> None:
    everything = world([])
    path = tmp_path / "all.yaml"
    path.write_text(
        "rules:\n"
        + "".join(
            f"- {{id: g{i}, when: {{countries: {{any_of: ['group:{group}']}}}}}}\n"
            for i, group in enumerate(everything.groups)
        )
    )

    loaded = load_watchlists(path, everything)

    assert loaded.errors == ()
    assert len(loaded.rules) == len(everything.groups) > 20


def test_given_an_id_used_in_two_files_when_loaded_then_both_places_are_named(
    tmp_path: Path, vocabulary: Vocabulary
) -> None:
    (tmp_path / "a.yaml").write_text("rules:\n- id: same\n  when: {text: gas}\n")
    (tmp_path / "b.yml").write_text("# two\nrules:\n- when: {text: oil}\n  id: same\n- id: same\n")

    problems = [
        problem for problem in load_watchlists(tmp_path, vocabulary).errors if "taken" in problem.message
    ]

    first = f'the id "same" is taken by the rule at {tmp_path / "a.yaml"}:2'
    assert [(Path(problem.file).name, problem.line, problem.column) for problem in problems] == [
        ("b.yml", 4, 7),
        ("b.yml", 5, 7),
    ]
    assert {problem.message for problem in problems} == {first}


def test_given_broken_files_beside_a_sound_one_when_loaded_then_all_problems_are_told(
    tmp_path: Path, vocabulary: Vocabulary
) -> None:
    (tmp_path / "a.yaml").write_text("rules: [")
    (tmp_path / "b.yaml").write_text("rules:\n- {id: b, when: {txt: x}}\n- {id: c, whn: {}}\n")
    (tmp_path / "c.yaml").write_text("rules:\n- {id: d, when: {text: gas}}\n")
    (tmp_path / "notes.txt").write_text("not a watchlist")

    loaded = load_watchlists(tmp_path, vocabulary)

    assert [rule.id for rule in loaded.rules] == ["d"]
    assert [(Path(problem.file).name, problem.line, problem.column) for problem in loaded.errors] == [
        ("a.yaml", 1, 9),
        ("b.yaml", 2, 18),
        ("b.yaml", 3, 3),
        ("b.yaml", 3, 11),
    ]


def test_given_rules_of_every_status_when_loaded_then_only_live_and_test_ones_are_compiled(
    load: Load,
) -> None:
    loaded = load(
        "rules:\n"
        + "".join(
            f"- {{id: {status}, status: {status}, when: {{text: gas}},"
            " tests: [{article: gas, expect: match}]}\n"
            for status in ("draft", "test", "live", "retired")
        )
    )

    assert [rule.id for rule in loaded.rules] == ["test", "live"]
    assert [rule.id for rule in loaded.resting] == ["draft", "retired"]
    assert [test.rule_id for test in loaded.tests] == ["draft", "test", "live", "retired"]


def test_given_tests_of_either_form_when_loaded_then_the_article_is_its_fields(load: Load) -> None:
    loaded = load(
        "rules:\n- id: a\n  when: {text: gas}\n  tests:\n"
        "  - {article: Gas is cheap, expect: match, name: plain}\n"
        "  - {article: 2024, expect: no_match}\n"
        '  - {article: "Gas\\nIt is cheap.", expect: match}\n'
        "  - {article: {title: Gas, language: no, publisher: BBC}, expect: no_match}\n"
    )

    assert loaded.errors == ()
    assert [(dict(test.article), test.expect, test.name) for test in loaded.tests] == [
        ({"title": "Gas is cheap"}, "match", "plain"),
        ({"title": "2024"}, "no_match", ""),
        ({"title": "Gas", "text": "It is cheap."}, "match", ""),
        ({"title": "Gas", "language": "no", "publisher": "BBC"}, "no_match", ""),
    ]
    assert loaded.tests[1].location.endswith("desk.yaml:6")


def test_given_what_is_allowed_but_odd_when_loaded_then_it_is_a_warning_and_the_rules_are_there(
    load: Load,
) -> None:
    loaded = load(
        "rules:\n- id: a\n  when:\n    any: [{text: [ok, 制裁, 裁, gas]}]\n"
        "    none: {text: x}\n    source: s\n"
    )

    assert [rule.id for rule in loaded.rules] == ["a"]
    assert loaded.errors == ()
    assert [(problem.line, problem.column, problem.message) for problem in loaded.problems] == [
        (2, 7, "the rule has no tests"),
        (4, 10, "any with one part is that part"),
        (4, 19, '"ok" is so short that it stands everywhere'),
        (4, 27, '"裁" is so short that it stands everywhere'),
        (5, 18, '"x" is so short that it stands everywhere'),
    ]


@pytest.mark.parametrize("content", [None, "", "[]", "x", "rules:", "rules: []", "rules: {}", "watchlist: a"])
def test_given_nothing_to_watch_when_loaded_then_it_is_an_error(
    tmp_path: Path, vocabulary: Vocabulary, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "a.yaml").write_text(content)

    loaded = load_watchlists(tmp_path, vocabulary)

    assert loaded.rules == ()
    assert len(loaded.errors) == 1


def test_given_no_such_path_when_loaded_then_it_is_an_error(tmp_path: Path, vocabulary: Vocabulary) -> None:
    assert "cannot be read" in load_watchlists(tmp_path / "none.yaml", vocabulary).errors[0].message


KEYS = "rules id when all any none countries theme text tests near regex phrase article expect within labels"
WORDS = st.sampled_from([*KEYS.split(), "IR", "sanctions", "a*", "(", "match", "of", "exclude", "1", "~"])
TREES = st.recursive(
    WORDS | st.none() | st.integers() | st.booleans(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(WORDS, below, max_size=3),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(when=TREES, rest=TREES)
def test_given_a_watchlist_of_any_shape_when_loaded_then_it_is_rules_or_problems_and_never_a_crash(
    load: Load, when: object, rest: object
) -> None:
    loaded = load(json.dumps({"rules": [{"id": "a", "when": when}, rest]}))

    assert loaded.problems
    assert all(problem.render() and problem.line == 1 for problem in loaded.problems)
