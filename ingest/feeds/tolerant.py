"""Damaged and unusual feeds, through feedparser: slow, forgiving, and the last word on what is a feed."""

import io
from typing import Any

from ingest.feeds.elements import MAX_LISTED
from ingest.feeds.model import FeedEntry, NotAFeed, ParsedFeed
from ingest.feeds.titles import plain_title


def read_tolerantly(data: bytes, url: str, max_entries: int) -> ParsedFeed | NotAFeed:
    """Read whatever feedparser can from UTF-8 bytes; it may raise anything on damaged ones.

    Its sanitiser is off (twice as fast; we sanitise on output). Never given a string: it would take that
    for a URL or a path and open it.
    """
    import feedparser

    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    found = feedparser.parse(
        io.BytesIO(data), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if not found.entries and not found.version:
        return NotAFeed("unreadable", str(found.get("bozo_exception", "no feed in it"))[:200])
    return ParsedFeed(
        title=plain_title(found.feed.get("title")),
        language=_whole(found.feed.get("language")),
        link=_whole(found.feed.get("link")),
        ttl_s=_ttl_s(found.feed.get("ttl")),
        entries=tuple(_entry(entry) for entry in found.entries[:max_entries]),
    )


def _entry(entry: dict[str, Any]) -> FeedEntry:
    contents = entry.get("content") or [{}]
    names = [author.get("name") for author in entry.get("authors", ())] or [entry.get("author")]
    terms = [tag.get("label") or tag.get("term") for tag in entry.get("tags", ())]
    return FeedEntry(
        id=_whole(entry.get("id")),
        title=plain_title(entry.get("title")),
        link=_whole(entry.get("link")),
        published_raw=_whole(entry.get("published") or entry.get("created")),
        modified_raw=_whole(dict.get(entry, "updated")),  # its own get() falls back to `published`
        summary=_whole(entry.get("summary")),
        content_html=_whole(contents[0].get("value")),
        authors=tuple(plain_title(name) for name in names[:MAX_LISTED] if name),
        tags=tuple(plain_title(term) for term in terms[:MAX_LISTED] if term),
        language=_whole(entry.get("language") or (entry.get("title_detail") or {}).get("language")),
    )


def _whole(text: str | None) -> str | None:
    """The text without halves of characters, which no database and no log can hold."""
    return text.encode("utf-8", "ignore").decode() or None if text else None


def _ttl_s(minutes: object) -> float | None:
    text = str(minutes or "").strip()
    return int(text) * 60.0 if text.isdecimal() and len(text) < 7 else None
