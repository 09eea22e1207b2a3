"""Where a source stands: its cursor, its last polls and when it is due. The transitions are pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from ingest.item import RejectReason

GAPS_KEPT = 20
DETAIL_MAX = 500


@dataclass(frozen=True, slots=True)
class Tally:
    """How many items of one hand-over ended in which state; the states are all there are."""

    new: int = 0
    revision: int = 0
    duplicate: int = 0
    rejected: Mapping[RejectReason, int] = field(default_factory=dict)

    @property
    def items_in(self) -> int:
        """Every item ends in exactly one state, so this is their sum."""
        return self.new + self.revision + self.duplicate + sum(self.rejected.values())

    @property
    def appended(self) -> int:
        """Events on the log."""
        return self.new + self.revision


NOTHING = Tally()


def plus(one: Tally, other: Tally) -> Tally:
    """Add two tallies."""
    rejected = dict(one.rejected)
    for reason, items in other.rejected.items():
        rejected[reason] = rejected.get(reason, 0) + items
    return Tally(
        one.new + other.new, one.revision + other.revision, one.duplicate + other.duplicate, rejected
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What is stored of a source. All instants are aware UTC; None: never.

    `gaps_s` are the last 20 pauses between two hand-overs with something new: its observed cadence.
    `interval_s` is the adapted interval. `last_items` counts the items of the last answer that had a body.
    `is_gone` means that it told us not to come back, and `due_at` is None then.
    """

    source: str
    cursor: Mapping[str, str] = field(default_factory=dict)
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None
    new_item_at: datetime | None = None
    failures: int = 0
    failed_at: datetime | None = None
    reason: str = ""
    detail: str = ""
    due_at: datetime | None = None
    interval_s: float | None = None
    last_items: int | None = None
    gaps_s: tuple[float, ...] = ()
    is_gone: bool = False


def answered(
    progress: Progress, *, now: datetime, cursor: Mapping[str, str], due_at: datetime, interval_s: float
) -> Progress:
    """The source answered: what went wrong before is over."""
    return replace(
        progress,
        cursor=dict(cursor),
        polled_at=now,
        succeeded_at=now,
        failures=0,
        reason="",
        detail="",
        due_at=due_at,
        interval_s=interval_s,
        is_gone=False,
    )


def received(progress: Progress, *, now: datetime, tally: Tally) -> Progress:
    """Items came in: note whether any was new, and how long that took this time."""
    heard = replace(progress, last_items=tally.items_in)
    if not tally.new:
        return heard
    gaps = progress.gaps_s
    if progress.new_item_at is not None and now > progress.new_item_at:
        gaps = (*gaps, (now - progress.new_item_at).total_seconds())[-GAPS_KEPT:]
    return replace(heard, new_item_at=now, gaps_s=gaps)


def failed(progress: Progress, *, now: datetime, reason: str, detail: str, due_at: datetime) -> Progress:
    """No usable answer: the cursor stays, so that the next poll asks for the same."""
    return replace(
        progress,
        polled_at=now,
        failed_at=now,
        failures=progress.failures + 1,
        reason=reason,
        detail=detail[:DETAIL_MAX],
        due_at=due_at,
    )


def gone(progress: Progress, *, now: datetime, detail: str) -> Progress:
    """The source said that it will not come back: it is not due until somebody asks for a poll."""
    return replace(
        progress,
        polled_at=now,
        failed_at=now,
        failures=progress.failures + 1,
        reason="gone",
        detail=detail[:DETAIL_MAX],
        due_at=None,
        is_gone=True,
    )


def held(progress: Progress, *, due_at: datetime, detail: str) -> Progress:
    """It was not asked, because its host wants a pause: that is no failure of the source."""
    return replace(progress, due_at=due_at, reason="held", detail=detail[:DETAIL_MAX])


def restated(progress: Progress, *, now: datetime, due_at: datetime) -> Progress:
    """The clock was stepped: due as far from now as before, and nothing has happened after now."""
    return replace(
        progress,
        polled_at=_by(now, progress.polled_at),
        succeeded_at=_by(now, progress.succeeded_at),
        new_item_at=_by(now, progress.new_item_at),
        failed_at=_by(now, progress.failed_at),
        due_at=due_at,
    )


def _by(now: datetime, at: datetime | None) -> datetime | None:
    return None if at is None else min(at, now)
