"""What a poll came to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ingest.progress import NOTHING, Tally

PollEnd = Literal["changed", "unchanged", "failed", "gone", "not_taken", "held", "crashed"]


@dataclass(frozen=True, slots=True)
class PollFailure:
    """What an operator wants to know of a failed poll: the `attempt`-th in a row, again in `pause_s`."""

    reason: str
    detail: str
    attempt: int
    pause_s: float


@dataclass(frozen=True, slots=True)
class PollReport:
    """What a poll came to, and when the source is due again (None: not by itself).

    `not_taken`: the disk is full or too much is under way; the source did nothing wrong. `held`: it was not
    asked, since its host wants a pause or our own network is lost. `reason` is bounded. `asked_pause_s` is
    what the server asked for.
    """

    source: str
    end: PollEnd
    due_at: datetime | None
    reason: str = ""
    tally: Tally = NOTHING
    asked_pause_s: float | None = None
    failure: PollFailure | None = None
