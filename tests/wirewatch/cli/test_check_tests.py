"""`check` runs the tests of rules and themes: what they say against, nobody calls fine."""

from pathlib import Path

from tests.wirewatch.cli.conftest import THEME, WATCHLIST, Call


def spoil_a_rule_test(config: Path) -> None:
    text = WATCHLIST.replace('fishing pact", expect: no_match', 'fishing pact", expect: match')
    (config / "watchlists" / "desk.yaml").write_text(text)


def spoil_a_theme_test(config: Path) -> None:
    (config / "themes" / "arms.yaml").write_text(THEME.replace("They sign an arms pact", "They sign a truce"))


def test_given_failing_tests_of_a_rule_and_a_theme_when_checked_then_it_exits_1_with_each_place(
    call: Call, config: Path
) -> None:
    spoil_a_rule_test(config)
    spoil_a_theme_test(config)

    ran = call("check")

    assert (ran.code, ran.text) == (1, "2 rules, 1 source, 2 sinks, 4 tests: 2 failed tests\n")
    assert "config/watchlists/desk.yaml:11: ir-tr: wanted match, got no_match" in ran.err
    assert "config/themes/arms.yaml:5: theme arms: wanted match, got no_match" in ran.err


def test_given_failing_tests_when_they_are_left_out_then_the_rest_is_checked(
    call: Call, config: Path
) -> None:
    spoil_a_rule_test(config)

    ran = call("check", "--no-tests")

    assert (ran.code, ran.text) == (0, "2 rules, 1 source, 2 sinks: all fine\n")


def test_given_failing_tests_and_a_broken_file_when_checked_then_the_file_comes_first(
    call: Call, config: Path
) -> None:
    spoil_a_rule_test(config)
    (config / "sources.yaml").write_text("sources: [{id: a, kind: nothing}]\n")

    ran = call("check")

    assert ran.code == 78
    assert "wanted match" not in ran.err


def test_given_failing_tests_when_checked_for_a_program_then_they_are_rows_with_places(
    call: Call, config: Path
) -> None:
    spoil_a_theme_test(config)

    ran = call("check", "-o", "json")

    (document,) = ran.rows
    (failed,) = document["failed_tests"]
    assert (ran.code, document["ok"], document["tests"]) == (1, False, 4)
    assert (failed["subject"], failed["location"]) == ("theme arms", "config/themes/arms.yaml:5")
