"""Dead letters as the pages list them."""

from dataclasses import dataclass
from datetime import datetime

from alerts.store.dead_letters import DeadLetter
from wirewatch.web.sight import Sight

KINDS = ("record", "delivery")
PAGE = 50


@dataclass(frozen=True, slots=True)
class DeadLetterPage:
    """The newest first; `next_before` is the number to go on under, None at the end."""

    now: datetime
    rows: tuple[DeadLetter, ...]
    kind: str
    next_before: int | None


def dead_letter_page(sight: Sight, kind: str, before: int | None) -> DeadLetterPage:
    """Read a page of dead letters, of one kind where one is given."""
    found = sight.dead_letters.list(kind=kind, before=2**62 if before is None else before, limit=PAGE + 1)
    rows = tuple(found[:PAGE])
    return DeadLetterPage(sight.clock(), rows, kind, rows[-1].id if len(found) > PAGE else None)
