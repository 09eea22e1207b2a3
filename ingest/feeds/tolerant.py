"""Damaged and unusual feeds, through feedparser: slow, forgiving, and the last word on what is a feed."""

import io
from collections.abc import Mapping
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
        language=found.feed.get("language"),
        link=found.feed.get("link"),
        ttl_s=_ttl_s(found.feed.get("ttl")),
        entries=tuple(_entry(entry) for entry in found.entries[:max_entries]),
    )


def _entry(entry: Mapping[str, Any]) -> FeedEntry:
    contents = entry.get("content") or [{}]
    names = [author.get("name") for author in entry.get("authors", ())] or [entry.get("author")]
    terms = [tag.get("label") or tag.get("term") for tag in entry.get("tags", ())]
    return FeedEntry(
        id=entry.get("id"),
        title=plain_title(entry.get("title")),
        link=entry.get("link"),
        published_raw=entry.get("published") or entry.get("created"),
        modified_raw=entry.get("updated") if "updated" in entry.keys() else None,  # noqa: SIM118 - get() falls back
        summary=entry.get("summary") or None,
        content_html=contents[0].get("value") or None,
        authors=tuple(plain_title(name) for name in names[:MAX_LISTED] if name),
        tags=tuple(plain_title(term) for term in terms[:MAX_LISTED] if term),
        language=entry.get("language") or (entry.get("title_detail") or {}).get("language"),
    )


def _ttl_s(minutes: object) -> float | None:
    text = str(minutes or "").strip()
    return int(text) * 60.0 if text.isdecimal() and len(text) < 7 else None
