"""Tests of rules beside a running service: run elsewhere, remembered, in the way of rules if wanted."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.waiting import wait_for
from tests.wirewatch.test_live import NOW, ROUTES, Noted, event
from wirewatch.live import LiveRules, RuleOptions
from wirewatch.rulefiles import Rules, read_rules
from wirewatch.ruletests import RuleTests, Tested, failures, passes
from wirewatch.trial_run import command

LATER = NOW + timedelta(seconds=2)
RULE = """\
  - id: {id}
    when: {{text: "word {id}"}}
    tests:
      - {{article: "A word {id}", expect: match}}
      - {{article: "A word {said}", expect: no_match}}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    (folder / "watchlists").mkdir(parents=True)
    (folder / "routes.yaml").write_text(ROUTES)
    write(folder, "one", "two")
    return folder


def write(config: Path, *ids: str, failing: str = "") -> None:
    rules = (RULE.format(id=one, said=one if one == failing else "else") for one in ids)
    (config / "watchlists" / "a.yaml").write_text("rules:\n" + "".join(rules))


@contextmanager
def running(config: Path, *program: str) -> Iterator[RuleTests]:
    tests = RuleTests(program or command(config / "gazetteer"))
    try:
        yield tests
    finally:
        tests.close()


@contextmanager
def living(config: Path, metrics: Noted, options: RuleOptions) -> Iterator[LiveRules]:
    live = LiveRules(config, metrics, NOW, options)
    try:
        yield live
    finally:
        live.close()


def finished(tests: RuleTests, rules: Rules) -> Tested:
    tests.begin(rules)
    wait_for(lambda: not tests.is_running, 60)
    tested = tests.tested(rules)
    assert tested is not None
    return tested


def kept(live: LiveRules) -> Tested:
    """What the chore of the daemon hears in the end."""
    heard: list[Tested] = []

    def is_heard() -> bool:
        tested = live.keep_tested()
        if tested is not None:
            heard.append(tested)
        return bool(heard)

    wait_for(is_heard, 60)
    return heard[0]


def test_given_rules_with_tests_when_run_then_each_result_is_there_with_its_reason(config: Path) -> None:
    write(config, "one", "two", failing="two")
    rules = read_rules(config)
    with running(config) as tests:
        before = tests.tested(rules)

        tested = finished(tests, rules)

    assert before is None
    assert [
        passes(*pair) for rule in tested.values() for pair in zip(rule.tests, rule.found, strict=True)
    ] == [
        True,
        True,
        True,
        False,
    ]
    ((test, found),) = failures(tested)
    assert (test.location, found.what) == (f"{config}/watchlists/a.yaml:11", "match")
    assert "word two" in found.explanation


def test_given_results_when_a_rule_moves_then_they_hold_and_only_what_changed_is_run_again(
    config: Path,
) -> None:
    with running(config) as tests:
        finished(tests, read_rules(config))

        write(config, "zero", "one", "two")
        moved = read_rules(config)
        before = tests.tested(moved)
        with_new = finished(tests, moved)
        write(config, "one", "two")
        again = tests.tested(read_rules(config))

    assert before is None
    assert set(with_new) == {"zero", "one", "two"}
    assert again is not None
    assert again["one"].tests[0].location.endswith("a.yaml:5")


@pytest.mark.parametrize("program", ["false", "/no/such/program", "cat"])
def test_given_a_program_that_says_nothing_of_use_when_run_then_the_tests_are_not_run_and_fail(
    config: Path, program: str
) -> None:
    with running(config, program) as tests:
        tested = finished(tests, read_rules(config))

    assert {found.what for _, found in failures(tested)} == {"not run"}
    assert len(failures(tested)) == 4


def test_given_failing_tests_when_reloaded_then_the_rules_are_taken_up_and_the_failure_is_heard_once(
    config: Path,
) -> None:
    with living(config, Noted(), RuleOptions()) as live:
        first = kept(live)
        write(config, "one", "three", failing="three")
        taken = live.check(LATER)

        failed = failures(kept(live))

        assert not failures(first)
        assert taken
        assert [test.rule_id for test, _ in failed] == ["three"]
        assert live.keep_tested() is None
        assert set(live.tested) == {"one", "three"}


def test_given_failing_tests_that_are_refused_when_reloaded_then_the_old_rules_stay_until_they_pass(
    config: Path,
) -> None:
    metrics = Noted()
    with living(config, metrics, RuleOptions(failing_tests="refuse")) as live:
        write(config, "one", "three", failing="three")
        at_once = live.check(LATER)
        wait_for(lambda: not live.check(LATER) and not live.state.is_current, 60)
        problems = [(problem.line, problem.message) for problem in live.state.problems if problem.is_error]
        old = [match.rule for match in live.match(event("word two, word three"))]

        write(config, "one", "three")
        wait_for(lambda: live.check(LATER), 60)

        assert not at_once
        assert problems == [(11, "a test of three fails: wanted no_match, got match")]
        assert old == ["two"]
        assert [match.rule for match in live.match(event("word two, word three"))] == ["three"]
        assert metrics.verdicts == [True, False, True]


def test_given_failing_tests_that_are_refused_when_started_then_the_service_starts_and_says_so(
    config: Path,
) -> None:
    write(config, "one", failing="one")

    with living(config, Noted(), RuleOptions(failing_tests="refuse")) as live:
        assert len(failures(kept(live))) == 1
