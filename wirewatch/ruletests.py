"""The tests of rules beside a running service: run in a process of their own, and only what has changed.

`RuleTests` remembers what each test gave, by what decides it: the condition, the article, the themes.
"""

import logging
import pickle
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from alerts.watchlist.clauses import Rule
from alerts.watchlist.load import RuleTest
from stream.config.problem import ConfigProblem
from wirewatch.rulefiles import Rules
from wirewatch.trial_run import Found, TrialJob

logger = logging.getLogger(__name__)

_LONGEST_S = 600.0
_NAMED = 5


@dataclass(frozen=True, slots=True)
class TestedRule:
    """What the tests of one rule gave, in the order in which they are written."""

    tests: tuple[RuleTest, ...]
    found: tuple[Found, ...]

    @property
    def failed(self) -> Iterator[tuple[RuleTest, Found]]:
        """Those that came out otherwise than written."""
        return (
            (test, found)
            for test, found in zip(self.tests, self.found, strict=True)
            if not passes(test, found)
        )


Tested = Mapping[str, TestedRule]
"""Of every rule with tests, by its id."""


def passes(test: RuleTest, found: Found) -> bool:
    """Whether a test came out as written."""
    return found.what == test.expect


def failures(tested: Tested) -> list[tuple[RuleTest, Found]]:
    """All tests that fail."""
    return [pair for rule in tested.values() for pair in rule.failed]


def as_problems(failed: Iterable[tuple[RuleTest, Found]]) -> Iterator[ConfigProblem]:
    """Failed tests as errors of their files."""
    for test, found in failed:
        file, _, line = test.location.rpartition(":")
        message = f"a test of {test.rule_id} fails: wanted {test.expect}, got {found.what}"
        yield ConfigProblem(file=file, line=int(line), column=1, message=message)


def report(tested: Tested) -> tuple[int, int]:
    """Log how the tests came out, loudly where some fail; returns how many passed and failed."""
    total, failed = sum(len(rule.tests) for rule in tested.values()), failures(tested)
    if failed:
        first, found = failed[0]
        rules = list(dict.fromkeys(test.rule_id for test, _ in failed))
        fields = {
            "failed": len(failed),
            "tests": total,
            "where": first.location,
            "rules": ",".join(rules[:_NAMED]),
        }
        logger.warning("tests of rules fail", extra=fields | {"wanted": first.expect, "got": found.what})
    elif total:
        logger.info("tests of rules pass", extra={"tests": total})
    return total - len(failed), len(failed)


class RuleTests:
    """Runs tests and remembers what they gave. Ask it from one thread; `close` from any."""

    def __init__(self, program: Sequence[str], longest_s: float = _LONGEST_S) -> None:
        """`program` is `trial_run`, see `command` there; what takes longer than `longest_s` is not run."""
        self._command = tuple(program)
        self._longest_s = longest_s
        self._known: dict[str, tuple[object, tuple[Found, ...]]] = {}
        self._words: object = None
        self._running: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._is_closed = False

    @property
    def is_running(self) -> bool:
        """Whether tests are under way."""
        return self._running is not None and self._running.is_alive()

    def tested(self, rules: Rules) -> Tested | None:
        """What the tests of these rules gave; None where some were not run yet: `begin` then runs them."""
        if self.is_running or self._words != _words(rules):
            return None if any(_by_rule(rules)) or self.is_running else {}
        tested = {}
        for rule, tests in _by_rule(rules):
            key, found = self._known.get(rule.id, (None, ()))
            if key != _key(rule, tests):
                return None
            tested[rule.id] = TestedRule(tests, found)
        return tested

    def begin(self, rules: Rules) -> None:
        """Run what is not known of these rules, in the background; nothing while others are under way."""
        if self.is_running or self._is_closed:
            return
        if self._words != _words(rules):
            self._known, self._words = {}, _words(rules)
        todo = [
            (rule, tests)
            for rule, tests in _by_rule(rules)
            if self._known.get(rule.id, (None, ()))[0] != _key(rule, tests)
        ]
        if todo:
            self._running = threading.Thread(
                target=self._run, args=(todo, rules), name="ruletests", daemon=True
            )
            self._running.start()

    def close(self) -> None:
        """End what is under way; nothing is begun any more."""
        self._is_closed = True
        if (process := self._process) is not None:
            process.kill()

    def _run(self, todo: list[tuple[Rule, tuple[RuleTest, ...]]], rules: Rules) -> None:
        tests = tuple(test for _, some in todo for test in some)
        found = self._ask(TrialJob(tuple(rule for rule, _ in todo), tests, rules.themes), len(tests))
        known, place = dict(self._known), 0
        for rule, some in todo:
            known[rule.id] = (_key(rule, some), tuple(found[place : place + len(some)]))
            place += len(some)
        self._known = known

    def _ask(self, job: TrialJob, wanted: int) -> list[Found]:
        """What each test gave; `not run` for all when the process dies, or is not ready in time."""
        reason = "it was stopped"
        try:
            with subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            ) as self._process:
                try:
                    said, _ = self._process.communicate(pickle.dumps(job), timeout=self._longest_s)
                finally:
                    self._process.kill()
            found = msgspec.json.decode(said, type=list[Found])
            if len(found) == wanted:
                return found
        except (OSError, subprocess.SubprocessError, msgspec.MsgspecError) as error:
            reason = str(error) or type(error).__name__
        if not self._is_closed:
            logger.warning("tests of rules not run", extra={"tests": wanted, "reason": reason})
        return [Found("not run", reason)] * wanted


def _by_rule(rules: Rules) -> Iterator[tuple[Rule, tuple[RuleTest, ...]]]:
    """Rules with tests, drafts and retired ones too."""
    loaded = rules.watchlists
    tests: dict[str, list[RuleTest]] = {}
    for test in loaded.tests:
        tests.setdefault(test.rule_id, []).append(test)
    return ((rule, tuple(tests[rule.id])) for rule in (*loaded.rules, *loaded.resting) if rule.id in tests)


def _key(rule: Rule, tests: Iterable[RuleTest]) -> object:
    return rule.when, [(test.article, test.expect) for test in tests]


def _words(rules: Rules) -> object:
    return rules.themes.themes, rules.themes.labels
