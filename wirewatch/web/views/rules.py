"""Rules as the pages show them: what each looks for, whether its files are sound, how often it matched."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from alerts.store.archive import RuleStats
from alerts.store.wanted import Wanted
from alerts.watchlist.clauses import Rule
from alerts.watchlist.load import RuleTest
from stream.config.problem import ConfigProblem
from wirewatch.ruletests import passes
from wirewatch.web.sight import Sight
from wirewatch.web.views.alerts import AlertRow, alert_rows, find_rule
from wirewatch.web.views.clauses import Told, tell
from wirewatch.web.views.paging import Slice, slice_after

PAGE = 200
_ALERTS_SHOWN = 15
_RANK = {"critical": 0, "high": 1, "medium": 2, "low": 3, "informational": 4}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule with what it has done since the state was created."""

    rule: Rule
    tests: int
    matches: int
    last_match_at: datetime | None


@dataclass(frozen=True, slots=True)
class TestRow:
    """A test with how it came out; `explanation` and what it gave of a failed one."""

    test: RuleTest
    result: Literal["passed", "failed", "waiting"]
    found: str = ""
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class RulesPage:
    """The rules in force, most severe first; the resting ones apart; what the last reload complained of."""

    now: datetime
    loaded_at: datetime
    is_current: bool
    errors: tuple[ConfigProblem, ...]
    warnings: tuple[ConfigProblem, ...]
    part: Slice[RuleRow]
    resting: tuple[RuleRow, ...]
    total: int


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule; `row` and `told` are None for one that has raised alerts and is not configured any more."""

    now: datetime
    id: str
    row: RuleRow | None
    told: Told | None
    tests: tuple[TestRow, ...]
    stats: RuleStats | None
    alerts: tuple[AlertRow, ...]


def rules_page(sight: Sight, after: str) -> RulesPage:
    """Read the rules."""
    state = sight.rules.state
    compiled = state.value
    stats, tests = sight.archive.rule_stats(), Counter(test.rule_id for test in compiled.tests)
    rules = sorted(compiled.matcher.rules, key=lambda rule: (_RANK[rule.severity], rule.id))
    errors = tuple(problem for problem in state.problems if problem.is_error)
    return RulesPage(
        now=sight.clock(),
        loaded_at=state.loaded_at,
        is_current=state.is_current,
        errors=errors,
        warnings=tuple(problem for problem in state.problems if not problem.is_error)[:PAGE],
        part=slice_after(
            [_row(rule, tests, stats.get(rule.id)) for rule in rules], lambda row: row.rule.id, after, PAGE
        ),
        resting=tuple(_row(rule, tests, stats.get(rule.id)) for rule in compiled.resting[:PAGE]),
        total=len(rules),
    )


def rule_view(sight: Sight, rule_id: str) -> RuleView | None:
    """Read one rule; None when it is neither configured nor has raised anything."""
    rule = find_rule(sight, rule_id)
    stats = sight.archive.rule_stats().get(rule_id)
    if rule is None and stats is None:
        return None
    tests = _test_rows(sight, rule_id)
    return RuleView(
        now=sight.clock(),
        id=rule_id,
        row=_row(rule, Counter({rule_id: len(tests)}), stats) if rule else None,
        told=tell(rule.when) if rule else None,
        tests=tests,
        stats=stats,
        alerts=alert_rows(sight.archive.alerts(Wanted(rule=rule_id), limit=_ALERTS_SHOWN)),
    )


def _test_rows(sight: Sight, rule_id: str) -> tuple[TestRow, ...]:
    tests = tuple(test for test in sight.rules.state.value.tests if test.rule_id == rule_id)
    tested = sight.rules.tested.get(rule_id)
    if tested is None or tested.tests != tests:
        return tuple(TestRow(test, "waiting") for test in tests)
    return tuple(
        TestRow(test, "passed" if passes(test, found) else "failed", found.what, found.explanation)
        for test, found in zip(tests, tested.found, strict=True)
    )


def _row(rule: Rule, tests: Counter[str], stats: RuleStats | None) -> RuleRow:
    return RuleRow(
        rule=rule,
        tests=tests[rule.id],
        matches=stats.matches if stats else 0,
        last_match_at=stats.last_match_at if stats else None,
    )
