"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1), read leniently: fields of a wrong type are absent."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import msgspec

from ingest.feeds.model import FeedEntry, NotAFeed, ParsedFeed
from ingest.feeds.titles import plain_title
from stream.untrusted.addresses import join_text


def read_json(data: bytes, url: str, max_entries: int) -> ParsedFeed | NotAFeed:
    """Read a feed; what is no JSON object with `items` or a JSON Feed `version` is no feed."""
    try:
        document = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return NotAFeed("unreadable", f"JSON: {error}"[:200])
    if not isinstance(document, dict):
        return NotAFeed("unreadable", "JSON, but no object")
    items = document.get("items")
    if not isinstance(items, list):
        return NotAFeed("unreadable", "JSON, but no JSON Feed")
    entries = [_entry(item, url) for item in items[:max_entries] if isinstance(item, dict)]
    return ParsedFeed(
        title=plain_title(_text(document, "title")),
        language=_text(document, "language"),
        link=_link(document, "home_page_url", url),
        entries=tuple(entries),
    )


def _entry(item: Mapping[str, Any], url: str) -> FeedEntry:
    plain = _text(item, "content_text")
    return FeedEntry(
        id=_text(item, "id"),
        title=plain_title(_text(item, "title")),
        link=_link(item, "url", url) or _link(item, "external_url", url),
        published_raw=_text(item, "date_published"),
        modified_raw=_text(item, "date_modified"),
        summary=_text(item, "summary"),
        content_html=_text(item, "content_html") or (escape(plain) if plain else None),
        authors=tuple(_authors(item)),
        tags=tuple(tag.strip() for tag in _list(item, "tags") if isinstance(tag, str) and tag.strip()),
        language=_text(item, "language"),
    )


def _authors(item: Mapping[str, Any]) -> Iterable[str]:
    """1.1 has `authors`, 1.0 had `author`."""
    for author in [*_list(item, "authors"), item.get("author")]:
        name = _text(author, "name") if isinstance(author, dict) else None
        if name:
            yield plain_title(name)


def _list(item: Mapping[str, Any], key: str) -> list[Any]:
    value = item.get(key)
    return value[:100] if isinstance(value, list) else []


def _link(item: Mapping[str, Any], key: str, url: str) -> str | None:
    value = _text(item, key)
    return (join_text(url, value) or value) if value else None


def _text(item: Mapping[str, Any], key: str) -> str | None:
    value = item.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip() or None
