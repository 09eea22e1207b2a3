"""How a source is doing, in one word and one sentence. Pure: decided from its progress and the time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Literal, get_args

from ingest.progress import Progress
from ingest.sources import SourceConfig

Status = Literal["ok", "new", "failing", "silent", "stale", "gone", "disabled"]
STATUSES: tuple[Status, ...] = get_args(Status)

SILENCE_MIN = timedelta(hours=24)
SILENCE_GAPS = 6
STALE_MIN = timedelta(minutes=5)
RESTING_KINDS = frozenset({"files", "push"})


@dataclass(frozen=True, slots=True)
class Health:
    """A status for machines and a sentence for people."""

    status: Status
    sentence: str


def health(
    progress: Progress | None, now: datetime, *, is_enabled: bool = True, is_news: bool = True
) -> Health:
    """Say how a source is doing.

    `is_news` is False for folders and pushes, which may rest for weeks and are never due by the clock:
    they are not called silent.
    """
    if not is_enabled:
        return Health("disabled", "switched off in the configuration")
    if progress is None or (progress.polled_at is None and progress.new_item_at is None):
        return Health("new", "nothing heard of it yet")
    if progress.failures:
        return _failing(progress, now)
    if _is_stale(progress, now):
        return Health("stale", f"overdue for {_ago(now, progress.due_at)}: polling has stopped or is late")
    if is_news and _is_silent(progress, now):
        return Health("silent", _silence(progress, now))
    return Health("ok", _fine(progress, now))


def survey(
    configs: Iterable[SourceConfig], progress: Mapping[str, Progress], now: datetime
) -> dict[str, tuple[Progress, Health]]:
    """Every configured source with where it stands and how it is doing, in the order of the configuration."""
    return {
        config.id: (
            progress.get(config.id, Progress(source=config.id)),
            health(
                progress.get(config.id),
                now,
                is_enabled=config.enabled,
                is_news=config.kind not in RESTING_KINDS,
            ),
        )
        for config in configs
    }


def _fine(progress: Progress, now: datetime) -> str:
    if progress.reason == "held":
        return f"waits: {progress.detail}"
    last = progress.new_item_at
    return "answers" if last is None else f"last new item {_ago(now, last)} ago"


def _failing(progress: Progress, now: datetime) -> Health:
    if progress.is_gone:
        return Health("gone", f"said that it will not come back: {progress.detail}; remove or correct it")
    times = "once" if progress.failures == 1 else f"{progress.failures} times in a row"
    last = (
        f"last answer {_ago(now, progress.succeeded_at)} ago" if progress.succeeded_at else "never answered"
    )
    return Health("failing", f"failed {times} ({progress.reason}: {progress.detail}); {last}")


def _is_stale(progress: Progress, now: datetime) -> bool:
    patience = max(STALE_MIN, timedelta(seconds=progress.interval_s or 0.0))
    return progress.due_at is not None and now - progress.due_at > patience


def _is_silent(progress: Progress, now: datetime) -> bool:
    since = progress.new_item_at
    if since is None:
        return progress.last_items == 0
    return now - since > max(SILENCE_MIN, SILENCE_GAPS * timedelta(seconds=_usual_gap_s(progress)))


def _silence(progress: Progress, now: datetime) -> str:
    if progress.last_items == 0:
        return "answers, but with an empty list"
    usual_s = _usual_gap_s(progress)
    usual = f", usually something every {span_in_words(timedelta(seconds=usual_s))}" if usual_s else ""
    return f"answers, but nothing new for {_ago(now, progress.new_item_at)}{usual}"


def _usual_gap_s(progress: Progress) -> float:
    return median(progress.gaps_s) if progress.gaps_s else 0.0


def _ago(now: datetime, then: datetime | None) -> str:
    return "never" if then is None else span_in_words(max(timedelta(), now - then))


def span_in_words(span: timedelta) -> str:
    """A duration for people, in its largest unit: `40 s`, `12 min`, `3 h`, `2 d`."""
    seconds = span.total_seconds()
    for unit_s, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= unit_s:
            return f"{seconds / unit_s:.0f} {unit}"
    return f"{seconds:.0f} s"
