"""What a feed says, as plain values; dates stay as the feed wrote them."""

import re
from dataclasses import dataclass
from typing import Literal

_SURELY_FULL_CHARS = 4000
_TAGS = re.compile(r"<[^<>]*>")

NotAFeedReason = Literal["empty", "html", "unreadable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry. `title` is plain text; `summary` and `content_html` are mark-up as found, unsanitised.

    `link` is absolute where the feed's own address or an xml:base made that possible.
    """

    id: str | None = None
    title: str = ""
    link: str | None = None
    published_raw: str | None = None
    modified_raw: str | None = None
    summary: str | None = None
    content_html: str | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str | None = None

    @property
    def body(self) -> str | None:
        """The fuller of content and summary, as mark-up: feeds put a bare image or link in either."""
        content, summary = self.content_html or "", self.summary or ""
        if summary and len(content) < _SURELY_FULL_CHARS and _text_chars(summary) > _text_chars(content):
            return summary
        return content or None


def _text_chars(markup: str) -> int:
    return len(_TAGS.sub("", markup))


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed. `ttl_s` is the shortest time between polls that the feed itself asks for."""

    title: str = ""
    language: str | None = None
    link: str | None = None
    ttl_s: float | None = None
    entries: tuple[FeedEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class NotAFeed:
    """Bytes in which no feed was found; `detail` is for people."""

    reason: NotAFeedReason
    detail: str
