"""The input article: the one JSON shape in which people hand us articles, by push, by file or by pipe.

An object with any of `id`, `url`, `title`, `text` or `html`, `published`, `language` (or `lang`),
`publisher`, `source`; other keys are ignored. An object that is already an `ArticleEvent` (it says so by
`schema_version` or `event_id`) is taken as it is. msgspec reads it: NaN, lone surrogates, broken UTF-8 and
bottomless nesting are refused rather than passed on.
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from ingest.item import RawItem, Rejected
from stream.errors import BadEventError
from stream.event import ArticleEvent, decode
from stream.timing import rfc3339
from stream.untrusted.json_keys import repeated_key

MAX_ARTICLE_BYTES = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class EventItem(RawItem):
    """An item that brings its own finished event: intake keeps the event and does not normalise it.

    It is a RawItem with the same url, title and text, so that whoever does not know better still sees
    the same article.
    """

    event: ArticleEvent


class _Article(msgspec.Struct, frozen=True):
    id: str | int | None = None
    url: str | None = None
    title: str | None = None
    text: str | None = None
    html: str | None = None
    published: str | int | float | None = None
    language: str | None = None
    lang: str | None = None
    publisher: str | None = None
    source: str | None = None
    schema_version: int | None = None
    event_id: str | None = None


_decoder = msgspec.json.Decoder(_Article)


def parse_article(
    data: bytes, *, source: str, found_at: datetime, locator: str, before: bytes | memoryview = b""
) -> RawItem | ArticleEvent | Rejected:
    """Read one article from the bytes of one JSON object.

    `source` is used where the article names none. `locator` says where it stood (`file:line`), `before` is
    what precedes it in a larger document. Rejected as `invalid` when it is no such object or a key of it
    stands twice (with the place), as `too_large` past 10 MB.
    """
    if len(data) > MAX_ARTICLE_BYTES:
        return Rejected("too_large", f"{len(data)} bytes, at most {MAX_ARTICLE_BYTES}", source, locator)
    try:
        article = _decoder.decode(data)
        if (repeated := repeated_key(data, before)) is not None:
            return Rejected("invalid", str(repeated), source, locator)
        if article.schema_version is not None or article.event_id is not None:
            return decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, BadEventError) as error:
        return Rejected("invalid", str(error), source, locator)
    return _item(article, source, found_at, locator)


def _item(article: _Article, source: str, found_at: datetime, locator: str) -> RawItem:
    has_text = bool(article.text and article.text.strip())
    return RawItem(
        source=article.source or source,
        found_at=found_at,
        id=None if article.id is None else str(article.id),
        url=article.url or None,
        title=article.title,
        text=article.text if has_text else None,
        html=None if has_text else article.html,
        published=None if article.published is None else str(article.published),
        language=article.language or article.lang,
        publisher=article.publisher,
        locator=locator,
    )


def event_item(event: ArticleEvent, *, found_at: datetime, locator: str) -> EventItem:
    """Carry a finished event where items are expected; it keeps its own source."""
    return EventItem(
        source=event.source,
        found_at=found_at,
        url=event.url,
        guid=event.guid,
        title=event.title,
        text=event.text or None,
        published=rfc3339(event.published_at) if event.published_at else None,
        language=event.language,
        publisher=event.publisher,
        locator=locator,
        event=event,
    )
