"""What an event is to what we know: a new article, a revision, or nothing new. Pure.

`content_hash` decides: equal is silence (re-polls, replays and crashes raise nothing), different is the next
revision of the same id. A page that changes more than 24 times in 7 days is no article (a ticker, a teaser
box): lemon24/reader draws the same line (`HASH_CHANGED_LIMIT`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from stream.event import ArticleEvent

MAX_REVISIONS = 24
WINDOW = timedelta(days=7)

BodyKind = Literal["full", "summary", "none"]
_RICHNESS: dict[BodyKind, int] = {"none": 0, "summary": 1, "full": 2}


@dataclass(frozen=True, slots=True)
class Known:
    """What the store remembers of an article.

    `revision` is the last on the log; `window_revisions` counts those since `window_started_at`.
    """

    event_id: str
    content_hash: str
    revision: int
    first_seen_at: datetime
    body_kind: BodyKind
    window_started_at: datetime
    window_revisions: int = 0


@dataclass(frozen=True, slots=True)
class New:
    """An article never seen before: append `event` as it is."""

    event: ArticleEvent


@dataclass(frozen=True, slots=True)
class Revision:
    """The same article with other words: append `event`, which bears the known id and the next number.

    Its `first_seen_at` is that of the first revision; `window_*` is what to remember.
    """

    event: ArticleEvent
    window_started_at: datetime
    window_revisions: int


@dataclass(frozen=True, slots=True)
class Unaltered:
    """Nothing that a reader of the log would miss."""

    event_id: str


@dataclass(frozen=True, slots=True)
class Restless:
    """Changed too often to be an article: append nothing more until the window is over."""

    event_id: str


Decision = New | Revision | Unaltered | Restless


def decide(known: Known | None, event: ArticleEvent, now: datetime) -> Decision:
    """Say what `event` is, given the article it is about (which may go by another id).

    A poorer body (a summary of an article we hold in full, found in another feed) is no revision.
    """
    if known is None:
        return New(event)
    is_poorer = _RICHNESS[event.body_kind] < _RICHNESS[known.body_kind]
    if event.content_hash == known.content_hash or is_poorer:
        return Unaltered(known.event_id)
    is_over = now - known.window_started_at >= WINDOW
    started_at, count = (now, 0) if is_over else (known.window_started_at, known.window_revisions)
    if count >= MAX_REVISIONS:
        return Restless(known.event_id)
    revised = msgspec.structs.replace(
        event,
        event_id=known.event_id,
        revision=known.revision + 1,
        first_seen_at=known.first_seen_at,
    )
    return Revision(revised, started_at, count + 1)
