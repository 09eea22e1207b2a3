"""One table for all scores: what was measured, with its interval, beside a baseline and a goal."""

from collections.abc import Iterable
from dataclasses import dataclass

from bench.evaluate.measure import Score


@dataclass(frozen=True, slots=True)
class Line:
    """One measure; `baseline` says what the simple way scores on the same data, where there is one."""

    name: str
    score: Score
    goal: float | None = None
    baseline: Score | None = None
    baseline_name: str = ""
    less_is_better: bool = False


def print_table(lines: Iterable[Line]) -> None:
    """Print the lines; a goal that is missed is marked with an exclamation mark."""
    print(f"{'measure':34s}{'n':>6s}{'score':>8s}{'95 % interval':>17s}{'goal':>8s}  baseline")
    for line in lines:
        score = line.score
        interval = f"{score.low:.3f} – {score.high:.3f}"
        found = f"{line.name:34s}{score.documents:6d}{score.value:8.3f}{interval:>17s}"
        print(f"{found}{_goal(line):>8s}  {_baseline(line)}")


def _goal(line: Line) -> str:
    if line.goal is None:
        return ""
    is_met = line.score.value <= line.goal if line.less_is_better else line.score.value >= line.goal
    return f"{'' if is_met else '!'}{'≤' if line.less_is_better else '≥'}{line.goal:.3f}"


def _baseline(line: Line) -> str:
    return f"{line.baseline.value:.3f} {line.baseline_name}" if line.baseline else ""
