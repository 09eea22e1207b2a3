"""The age gate: an old article is kept and matched, and nobody is woken by it. Pure.

Every way in leads through it: each poll of each source, and push. The date that counts is the one that was
read, never one that we inferred; without one nothing shows that an article is old.
"""

import re
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from pydantic import AfterValidator, WithJsonSchema

from stream.event import ArticleEvent

_PATTERN = "none|[1-9][0-9]{0,4}[hdw]"
_AGE = re.compile(rf"(?:{_PATTERN})\Z")
_HOURS = {"h": 1, "d": 24, "w": 168}
_WANTED = "an age such as 36h, 7d or 4w, or none: then articles of any age alert"


def _is_age(text: str) -> str:
    if not _AGE.match(text):
        raise ValueError(f"it is {_WANTED}")
    return text


MaxAge = Annotated[
    str,
    AfterValidator(_is_age),
    WithJsonSchema({"type": "string", "pattern": f"^(?:{_PATTERN})$", "description": _WANTED}),
]
"""How old an article may be and still alert, as it is configured."""

DEFAULT_MAX_AGE: MaxAge = "7d"


def max_age_of(text: MaxAge) -> timedelta | None:
    """The configured age as a span; None: any age."""
    return None if text == "none" else timedelta(hours=int(text[:-1]) * _HOURS[text[-1]])


def gated(event: ArticleEvent, max_age: timedelta | None, now: datetime) -> ArticleEvent:
    """The event, as backlog where it was published longer ago than `max_age`."""
    written_at = dated_at(event)
    if event.backlog or max_age is None or written_at is None or now - written_at <= max_age:
        return event
    return msgspec.structs.replace(event, backlog=True)


def dated_at(event: ArticleEvent) -> datetime | None:
    """When the publisher says that it was published, else changed; None where it says neither."""
    is_read = event.published_precision != "inferred"
    return event.published_at if is_read and event.published_at else event.modified_at
