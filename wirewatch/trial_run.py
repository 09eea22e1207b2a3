"""Tests of rules, as a program: `python -m wirewatch.trial_run GAZETTEER`, started by `wirewatch.ruletests`.

It reads the rules with their tests, pickled, from its standard input, and writes for each test in turn what
was found and why, as JSON. It runs beside the service, below its priority.
"""

import os
import pickle
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from alerts.match.compile import compile_rules
from alerts.watchlist.clauses import Rule
from alerts.watchlist.load import RuleTest
from alerts.watchlist.themes import LoadedThemes
from ingest.annotating import load_annotate
from wirewatch.trials import run_trials, trial_of_rule

_NICE = 10


@dataclass(frozen=True, slots=True)
class Found:
    """What a test gave: `match`, `no_match`, or why there was nothing to match; and the explanation."""

    what: str
    explanation: str


@dataclass(frozen=True, slots=True)
class TrialJob:
    """Some rules with tests of theirs, and all that they may name."""

    rules: tuple[Rule, ...]
    tests: tuple[RuleTest, ...]
    themes: LoadedThemes


def command(gazetteer: Path) -> tuple[str, ...]:
    """How to start it."""
    return sys.executable, "-P", "-m", "wirewatch.trial_run", str(gazetteer)


def run(job: TrialJob, gazetteer: Path) -> list[Found]:
    """Run the tests in this process."""
    matcher = compile_rules(job.rules, job.themes.themes, job.themes.labels)
    trials = map(trial_of_rule, job.tests)
    results = run_trials(trials, matcher, load_annotate(gazetteer))
    return [Found(result.found, "" if result.is_passed else result.explanation) for result in results]


def main(gazetteer: Path) -> None:
    """Answer one job."""
    os.nice(_NICE)
    job: TrialJob = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - from our own parent over its own pipe
    sys.stdout.buffer.write(msgspec.json.encode(run(job, gazetteer)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
