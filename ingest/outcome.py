"""What became of an item that was handed to intake: one of three, each final."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ingest.item import Rejected, RejectReason
from ingest.progress import Tally


@dataclass(frozen=True, slots=True)
class Accepted:
    """It is on the log, durably; `is_new` is False for a revision of an article known before."""

    event_id: str
    revision: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Nothing new: the article is on the log as it is, perhaps from another source."""

    event_id: str


Outcome = Accepted | Duplicate | Rejected


@dataclass(frozen=True, slots=True)
class IntakeResult:
    """One outcome for each item, in their order."""

    outcomes: tuple[Outcome, ...]
    tally: Tally


@dataclass(frozen=True, slots=True)
class TryLater:
    """Not taken, or not all: hand over the same items again; what was stored already is a duplicate then.

    `full`: no room on the disk. `busy`: too many items are under way. `unavailable`: the database that
    ingesters share is away. `stopping`: this process ends.
    """

    reason: Literal["full", "busy", "unavailable", "stopping"]
    after_s: float


def tally(outcomes: Iterable[Outcome]) -> Tally:
    """Count outcomes by state."""
    new = revision = duplicate = 0
    rejected: dict[RejectReason, int] = {}
    for outcome in outcomes:
        match outcome:
            case Accepted(is_new=True):
                new += 1
            case Accepted():
                revision += 1
            case Duplicate():
                duplicate += 1
            case Rejected(reason=reason):
                rejected[reason] = rejected.get(reason, 0) + 1
    return Tally(new, revision, duplicate, rejected)
