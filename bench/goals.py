"""Figures with a goal: a part prints them as JSON lines, `python -m bench` gathers them in one table."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure and what it should be: at least `wanted`, or at most where `is_limit`."""

    name: str
    value: float
    unit: str
    wanted: float
    is_limit: bool = False

    @property
    def ratio(self) -> float:
        """How well it is met: 1 is just met, more is better."""
        return self.wanted / self.value if self.is_limit else self.value / self.wanted

    def row(self) -> str:
        """The line of the table."""
        wanted = f"{'≤' if self.is_limit else '≥'} {self.wanted:,g}"
        value = f"{self.value:,.0f}" if self.value >= 100 else f"{self.value:g}"
        verdict = "met" if self.ratio >= 1 else "MISSED"
        return f"{self.name:48}{value:>12} {self.unit:10}{wanted:>12}{self.ratio:8.2f}x  {verdict}"


def tell(goal: Goal) -> None:
    """Print it, for people and for whoever gathers."""
    print(json.dumps({"goal": asdict(goal)}, ensure_ascii=False))


def heard(line: str) -> Goal | None:
    """The goal of a printed line, if it is one."""
    if not line.startswith('{"goal"'):
        return None
    return Goal(**json.loads(line)["goal"])
