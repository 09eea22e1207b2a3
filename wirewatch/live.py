"""What is in force of the configuration: read and built whole, swapped when its files change."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from alerts.alert import Match
from alerts.match.compile import compile_rules
from alerts.match.matcher import Matcher
from alerts.routes import Router
from alerts.watchlist.clauses import Rule
from alerts.watchlist.load import RuleTest
from alerts.watchlist.reload import Built, Reloader, ReloadMetrics, ReloadState
from alerts.watchlist.trial import PatternTrial
from alerts.watchlist.vocabulary import Surroundings
from stream.event import ArticleEvent
from wirewatch.configuration import (
    SOURCES,
    AnySink,
    AnySource,
    Rulebook,
    load_rulebook,
    load_sources,
    rulebook_paths,
    source_ids,
)
from wirewatch.environment import GAZETTEER
from wirewatch.rulefiles import Rules
from wirewatch.ruletests import RuleTests, Tested, as_problems, failures, report
from wirewatch.trial_run import command

FailingTests = Literal["warn", "refuse"]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A rulebook ready for use; `resting` rules (drafts, retired) and `tests` are for pages only."""

    matcher: Matcher
    router: Router
    sinks: Mapping[str, AnySink]
    read: Rules  # with which its tests are run
    resting: tuple[Rule, ...] = ()
    tests: tuple[RuleTest, ...] = ()


def compile_rulebook(rulebook: Rulebook) -> Built[Compiled]:
    """Compile what was read, or hand on the problems when one of them is an error."""
    problems, router = rulebook.problems, rulebook.routes.router
    if router is None or any(problem.is_error for problem in problems):
        return Built(None, problems)
    matcher = compile_rules(rulebook.watchlists.rules, rulebook.themes.themes, rulebook.themes.labels)
    watchlists = rulebook.watchlists
    read = Rules(rulebook.themes, watchlists)
    compiled = Compiled(matcher, router, rulebook.routes.sinks, read, watchlists.resting, watchlists.tests)
    return Built(compiled, problems)


class JointMetrics:
    """One verdict over several groups of files: the last reload was successful when each group's was."""

    def __init__(self, metrics: ReloadMetrics) -> None:
        self._metrics = metrics
        self._verdicts: dict[str, bool] = {}

    def of(self, group: str) -> ReloadMetrics:
        """The hook for one group of files."""
        return _GroupMetrics(self, group)

    def note(self, group: str, at: datetime, *, is_successful: bool) -> None:
        """Remember how a group's last reload ended, and show the verdict over all."""
        self._verdicts[group] = is_successful
        self._metrics.reloaded(at, is_successful=all(self._verdicts.values()))


@dataclass(frozen=True, slots=True)
class _GroupMetrics:
    joint: JointMetrics
    group: str

    def reloaded(self, at: datetime, *, is_successful: bool) -> None:
        self.joint.note(self.group, at, is_successful=is_successful)


class LiveSources:
    """The sources as configured now."""

    def __init__(self, config_dir: Path, metrics: ReloadMetrics, now: datetime) -> None:
        """Read for the first time; raises ConfigError with every problem."""
        self._reloader = Reloader([config_dir / SOURCES], lambda: _built_sources(config_dir), metrics, now)

    @property
    def state(self) -> ReloadState[tuple[AnySource, ...]]:
        """What is in force, since when, and what is wrong with the file if it is broken."""
        return self._reloader.state

    @property
    def enabled(self) -> tuple[AnySource, ...]:
        """What is to be polled."""
        return tuple(source for source in self._reloader.state.value if source.enabled)

    @property
    def all(self) -> tuple[AnySource, ...]:
        """Everything configured, what is switched off included."""
        return self._reloader.state.value

    def check(self, now: datetime) -> bool:
        """Take up a changed file; says whether the sources were replaced."""
        return self._reloader.check(now)

    def reload(self, now: datetime) -> bool:
        """Read the file again, changed or not; says whether the sources were replaced."""
        return self._reloader.reload(now)


def _built_sources(config_dir: Path) -> Built[tuple[AnySource, ...]]:
    checked = load_sources(config_dir)
    return Built(checked.value.sources if checked.value else None, checked.problems)


@dataclass(frozen=True, slots=True)
class RuleOptions:
    """How rules are taken up: the source id of what is pushed, and what failing tests do at a reload."""

    push_source: str = "push"
    failing_tests: FailingTests = "warn"


class LiveRules:
    """Matches and routes by the rules in force now; safe from any thread.

    One call sees one set of rules. Between the match and the routing of one event a reload may come:
    then the new routes apply to what the old rules matched, which loses nothing.
    """

    def __init__(
        self, config_dir: Path, metrics: ReloadMetrics, now: datetime, options: RuleOptions | None = None
    ) -> None:
        """Compile for the first time, whatever its tests say; raises ConfigError with every problem."""
        self._config_dir = config_dir
        self._options = options or RuleOptions()
        self._trial = PatternTrial()
        self._tests = RuleTests(command(config_dir / GAZETTEER))
        self._tested: Tested = {}
        self._tested_for: Compiled | None = None
        self._is_vetting = False
        self._is_running = False  # nothing is refused at a start: there are no rules to keep
        self._reloader = Reloader(rulebook_paths(config_dir), self._build, metrics, now)
        self._is_running = True

    def _build(self) -> Built[Compiled]:
        around = Surroundings(source_ids(self._config_dir, self._options.push_source))
        built = compile_rulebook(load_rulebook(self._config_dir, self._trial, around))
        self._is_vetting = False
        if not self._is_running or self._options.failing_tests == "warn" or built.value is None:
            return built
        return self._vetted(built, built.value)

    def _vetted(self, built: Built[Compiled], compiled: Compiled) -> Built[Compiled]:
        """Refuse rules whose tests fail; where those must be run first, that is begun and waited for."""
        tested = self._tests.tested(compiled.read)
        if tested is None:
            self._tests.begin(compiled.read)
            self._is_vetting = True
            return Built(None, built.problems, is_waiting=True)
        failed = tuple(as_problems(failures(tested)))
        return Built(None, (*built.problems, *failed)) if failed else built

    def keep_tested(self) -> Tested | None:
        """Run the tests of the rules in force, in the background; gives what they gave, once for each rules.

        Call it again and again, from the thread that calls `check`.
        """
        compiled = self.state.value
        if self._tested_for is compiled or self._is_vetting:
            return None
        tested = self._tests.tested(compiled.read)
        if tested is None:
            self._tests.begin(compiled.read)
            return None
        self._tested, self._tested_for = tested, compiled
        return tested

    def show_tested(self, show: Callable[[int, int], None]) -> None:
        """Do `keep_tested`, and report what is new; `show` gets how many passed and failed."""
        if (tested := self.keep_tested()) is not None:
            show(*report(tested))

    @property
    def tested(self) -> Tested:
        """What the tests of the rules gave when they were last run; may be read from any thread."""
        return self._tested

    def close(self) -> None:
        """End tests that run."""
        self._tests.close()

    @property
    def state(self) -> ReloadState[Compiled]:
        """What is in force, since when, and what is wrong with the files if they are broken."""
        return self._reloader.state

    def match(self, event: ArticleEvent) -> Sequence[Match]:
        """Every rule that holds for the event."""
        return self.state.value.matcher.match(event)

    def sinks_for(self, match: Match) -> tuple[str, ...]:
        """Where the alert of a match goes."""
        return self.state.value.router.sinks_for(match)

    def check(self, now: datetime) -> bool:
        """Take up changed files, tested first where that is wanted; says whether rules were replaced."""
        if self._is_vetting:
            return not self._tests.is_running and self._reloader.reload(now)
        return self._reloader.check(now)

    def reload(self, now: datetime) -> bool:
        """Read the files again, changed or not; says whether the rules were replaced."""
        return self._reloader.reload(now)
