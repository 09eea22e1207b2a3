"""How much of the world is heard: all sources together, against their own habits. Pure.

A process may do everything it is there for and yet hear nothing, because the sources or the network do not
answer. That is what a desk must know first, so it is said apart from readiness.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Literal

from ingest.health import RESTING_KINDS, Health, span_in_words
from ingest.progress import Progress
from ingest.sources import SourceConfig

Level = Literal["well", "worse", "deaf", "starting"]

LATELY = timedelta(hours=1)
WELL = 0.8  # of the sources that were asked
DEAF = 0.5
_ENOUGH_USUAL = 5.0  # expected sources with news, below which their silence says nothing
_SILENT = 0.2  # of what is usual
_NOT_COUNTED = RESTING_KINDS | {"canary"}


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of `total` sources are heard. Folders, pushes and canaries are not counted.

    `waiting`: not asked yet. `silent_by` counts those not heard by their status. `spoke` had news within the
    last hour; `usual` is how many of them have within an hour, by the median of their last 20 gaps.
    `lost_for_s`: for how long our own network has been lost; None: it is there, or not ours to know.
    """

    level: Level
    total: int
    heard: int
    waiting: int
    silent_by: Mapping[str, int]
    spoke: int
    usual: float
    lost_for_s: float | None = None

    @property
    def unheard(self) -> int:
        """Sources that were asked and are not heard."""
        return self.total - self.heard - self.waiting

    @property
    def sentence(self) -> str:
        """For people: what is so, in a sentence or two."""
        if not self.total:
            return "No source is read from other servers."
        if self.lost_for_s is not None:
            lost = span_in_words(timedelta(seconds=self.lost_for_s))
            return f"Our own network is lost: none of {self.total} sources has been reached for {lost}."
        if self.level == "starting":
            return f"None of {self.total} sources has been asked yet."
        return self._counted if self.level == "deaf" else f"{self._counted} {self._news}"

    @property
    def _counted(self) -> str:
        few = "Only " if self.level in {"worse", "deaf"} and self.unheard else ""
        why = ", ".join(f"{number} {status}" for status, number in sorted(self.silent_by.items()))
        rest = f"; {self.waiting} not asked yet" if self.waiting else ""
        return f"{few}{self.heard} of {self.total} sources are heard{f' ({why})' if why else ''}{rest}."

    @property
    def _news(self) -> str:
        if self.usual < 1:
            return f"{self.spoke} had news in the last hour."
        return f"{self.spoke} had news in the last hour, usually about {self.usual:.0f}."


def coverage(
    configs: Iterable[SourceConfig],
    surveyed: Mapping[str, tuple[Progress, Health]],
    now: datetime,
    lost_for_s: float | None = None,
) -> Coverage:
    """Count what is heard; `surveyed` is what `ingest.health.survey` says of `configs`."""
    counted = [
        surveyed[config.id]
        for config in configs
        if config.enabled and config.kind not in _NOT_COUNTED and config.id in surveyed
    ]
    heard = 0 if lost_for_s is not None else sum(_is_heard(*one) for one in counted)
    waiting = sum(health.status == "new" for _, health in counted)
    silent_by: Counter[str] = Counter(
        health.status for one, health in counted if health.status != "new" and not _is_heard(one, health)
    )
    spoke = sum(_spoke(progress, now) for progress, _ in counted)
    usual = sum(_chance(progress) for progress, _ in counted)
    level = _level(heard, len(counted) - waiting, len(counted), spoke, usual, is_lost=lost_for_s is not None)
    return Coverage(level, len(counted), heard, waiting, dict(silent_by), spoke, usual, lost_for_s)


def _level(heard: int, asked: int, total: int, spoke: int, usual: float, *, is_lost: bool) -> Level:
    if is_lost and total:
        return "deaf"
    if not asked:
        return "starting" if total else "well"
    if heard < DEAF * asked:
        return "deaf"
    is_quiet = usual >= _ENOUGH_USUAL and spoke < _SILENT * usual
    return "worse" if heard < WELL * asked or is_quiet else "well"


def _is_heard(progress: Progress, health: Health) -> bool:
    """Whether a source answers, and has news as usual; one failed poll after an answer may be chance."""
    is_once = health.status == "failing" and progress.failures == 1 and progress.succeeded_at is not None
    return health.status == "ok" or is_once


def _spoke(progress: Progress, now: datetime) -> bool:
    at = progress.new_item_at
    return at is not None and bool(progress.gaps_s) and now - at <= LATELY


def _chance(progress: Progress) -> float:
    """How likely a source has news within LATELY, were its news independent of each other."""
    if not progress.gaps_s:
        return 0.0
    return 1.0 - math.exp(-LATELY.total_seconds() / max(1.0, median(progress.gaps_s)))
