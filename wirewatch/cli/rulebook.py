"""Rules for filters and rule commands: compiled, or refused with every problem."""

from pathlib import Path
from typing import TYPE_CHECKING

from wirewatch.cli.output import Progress, complain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alerts.match.matcher import Matcher
    from stream.config.problem import ConfigProblem
    from wirewatch.rulefiles import Rules
    from wirewatch.trials import Trial, TrialResult


def compile_all(rules: "Rules") -> "Matcher":
    """Compile every rule, drafts and retired ones too; raises ConfigError for broken files."""
    from alerts.match.compile import compile_rules

    require_sound(rules.problems)
    loaded = rules.watchlists
    return compile_rules((*loaded.rules, *loaded.resting), rules.themes.themes, rules.themes.labels)


def try_all(trials: "Sequence[Trial]", matcher: "Matcher", gazetteer: Path) -> "list[TrialResult]":
    """Run tests of rules and themes, with progress on a terminal."""
    from ingest.annotating import load_annotate
    from wirewatch.trials import run_trials

    results: list[TrialResult] = []
    with Progress("tests run", len(trials)) as progress:
        for result in run_trials(trials, matcher, load_annotate(gazetteer)):
            results.append(result)
            progress.step()
    return results


def compile_themes(config_dir: Path) -> "Matcher":
    """Compile the themes alone; raises ConfigError for broken files."""
    from alerts.match.compile import compile_rules
    from wirewatch.rulefiles import read_themes

    themes = read_themes(config_dir)
    require_sound(themes.problems)
    return compile_rules((), themes.themes, themes.labels)


def require_sound(problems: "tuple[ConfigProblem, ...]") -> None:
    """Raise ConfigError with all problems when one of them is an error."""
    from stream.config.problem import ConfigError

    if any(problem.is_error for problem in problems):
        raise ConfigError(problems)


def tell(problems: "tuple[ConfigProblem, ...]") -> None:
    """Write problems to stderr, each as a block of lines with an empty one between."""
    if problems:
        complain("\n\n".join(problem.render() for problem in problems))
