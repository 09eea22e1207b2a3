import pytest

from stream.config.problem import ConfigError, ConfigProblem, did_you_mean
from stream.config.read import parse


def rendered(text: str) -> str:
    return parse(text.encode(), "rules.yaml").problems[0].render()


def test_given_a_repeated_key_when_rendered_then_the_line_and_a_caret_under_the_key_are_shown() -> None:
    assert rendered("first: 1\nsecond: 2\nfirst: 3\n") == (
        'rules.yaml:3:1: the key "first" stands here a second time, first on line 1\n'
        "  3 | first: 3\n"
        "    | ^^^^^\n"
        "  wanted: each key once"
    )


def test_given_wide_characters_before_the_place_when_rendered_then_the_caret_stands_below_it() -> None:
    assert rendered("{日本語: 1, 日本語: 2}").splitlines()[1:3] == [
        "  1 | {日本語: 1, 日本語: 2}",
        "    |             ^^^^^^",
    ]


def test_given_marks_without_width_before_the_place_when_rendered_then_the_caret_stands_below_it() -> None:
    assert rendered("{e\u0301: 1, e\u0301: 2}").splitlines()[1:3] == [
        "  1 | {e\u0301: 1, e\u0301: 2}",
        "    |        ^",
    ]


def test_given_tabs_before_the_place_when_rendered_then_they_stand_below_too() -> None:
    assert rendered("[a,\t\t&x 1]").splitlines()[1:3] == ["  1 | [a,\t\t&x 1]", "    |    \t\t^"]


def test_given_a_line_of_thousands_when_rendered_then_only_what_is_around_the_place_is_shown() -> None:
    text = "[" + "a, " * 1000 + "&x b" + ", c" * 1000 + "]"

    place, line, caret = rendered(text).splitlines()[:3]

    assert place.startswith("rules.yaml:1:3002: ")
    assert len(line) < 130
    assert line[caret.index("^") :].startswith("&x b")


def test_given_control_characters_when_rendered_then_the_terminal_does_not_get_them() -> None:
    shown = rendered("title: \x1b[31mred")

    assert "\x1b" not in shown
    assert "�[31mred" in shown


def test_given_a_problem_when_given_as_json_then_every_field_is_there() -> None:
    problem = parse(b"a: 1\na: 2\n", "rules.yaml").problems[0]

    assert problem.as_json() == {
        "file": "rules.yaml",
        "line": 2,
        "column": 1,
        "message": 'the key "a" stands here a second time, first on line 1',
        "key": "",
        "found": None,
        "wanted": "each key once",
        "suggestion": None,
        "source": "a: 2",
        "width": 1,
        "severity": "error",
    }


def test_given_a_warning_when_rendered_then_it_says_so() -> None:
    problem = ConfigProblem(file="f", line=1, column=2, message="odd", severity="warning")

    assert problem.render() == "f:1:2: warning: odd"
    assert not problem.is_error


def test_given_a_broken_line_with_a_password_when_rendered_then_the_password_is_nowhere() -> None:
    problem = parse(b"password: hunter2: x\n", "settings.yaml").problems[0]

    assert "hunter2" not in problem.render()
    assert "hunter2" not in str(problem.as_json())


def test_given_problems_when_raised_then_the_error_shows_and_holds_them() -> None:
    problems = parse(b"a: 1\na: 2\na: 3\n", "rules.yaml").problems

    error = ConfigError(problems)

    assert error.problems == problems
    assert str(error).count("rules.yaml:") == 2


@pytest.mark.parametrize(
    ("found", "known", "suggestion"),
    [
        ("sevrity", ["severity", "status"], 'did you mean "severity"?'),
        ("SEVERITY", ["severity", "status"], 'did you mean "severity"?'),
        ("nato", ["NATO", "EU"], 'did you mean "NATO"?'),
        ("zzz", ["severity", "status"], None),
        ("x", [], None),
    ],
)
def test_given_a_word_when_asked_what_was_meant_then_the_nearest_known_word_is_named(
    found: str, known: list[str], suggestion: str | None
) -> None:
    assert did_you_mean(found, known) == suggestion
