"""RawItem to ArticleEvent: pure, so that the same item always becomes the same event.

What the source says of an item wins over what the page says of itself, field by field. The title too: a
feed's title is the publisher's own, without the site's name, and is the same whether or not a page was read.
"""

import logging
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from ingest.content import Content, read_content
from ingest.dates import Published, decide_published, parse_modified
from ingest.extract.characters import cut_bytes, one_line, plain_title, shorten
from ingest.extract.fragment import fragment_text
from ingest.extract.titles import MAX_TITLE_CHARS, cut_site
from ingest.identity import identity_key
from ingest.item import RawItem, Rejected
from ingest.language import detect_language
from ingest.urls import MAX_URL_CHARS, canonical_url, host_of
from stream.event import ArticleEvent, Extraction, Mention, Relation, content_hash, identity

MAX_TEXT_BYTES = 512 * 1024
MAX_LEAD_CHARS = 500
_MAX_FIELD_CHARS = 300
_MAX_GUID_CHARS = 1000
_MAX_LIST = 50
_MAX_MADE_TITLE_CHARS = 150
_SENTENCE_END = re.compile(r"(?<=[.!?。！？؟।])\s+|(?<=[。！？।])|\n")

logger = logging.getLogger(__name__)


class Annotated(Protocol):
    """What a text says of countries; offsets and sentences in the terms of ArticleEvent."""

    @property
    def sentences(self) -> tuple[int, ...]:
        """Start offset of every sentence of the text."""
        ...

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """Every place that names a country."""
        ...

    @property
    def countries(self) -> tuple[str, ...]:
        """The salient countries, most salient first."""
        ...

    @property
    def relations(self) -> tuple[Relation, ...]:
        """Sentences that report something between two countries."""
        ...


class Annotate(Protocol):
    """The annotator, given a clean title and text, the language, and the date (leaders change)."""

    def __call__(self, title: str, text: str, language: str, *, published_at: datetime | None) -> Annotated:
        """Annotate; pure."""
        ...


def normalise(item: RawItem, annotate: Annotate, *, quick: bool = False) -> ArticleEvent | Rejected:
    """The event of an item, first seen at its `found_at`, in revision 1; or why there is none.

    Every text is NFC without unseen characters, and bounded: title 1,000 characters, lead 500, text 512 KB
    (cut with the warning `text_truncated`). A URL that cannot be read costs the article its URL and no more:
    it is known by its guid or its text, and says `url_unreadable`. `quick` is `read_content`'s.
    """
    content = read_content(item, quick=quick)
    if isinstance(content, Rejected):
        return content
    url = content.page.canonical or canonical_url(item.url or "")
    publisher = _line(item.publisher or content.page.publisher or (host_of(url) if url else ""))
    text = cut_bytes(content.text, MAX_TEXT_BYTES)
    given_title = _title(item, content, publisher)
    title = given_title or _first_sentence(text)
    if not title:
        return Rejected("empty", "neither title nor text", item.source, item.locator)
    published = _published(item, content)
    language = detect_language(title, text, item.language or content.page.language)
    annotated = annotate(title, text, language, published_at=published.at)
    return ArticleEvent(
        event_id=_event_id(item, url, title, text),
        source=one_line(item.source, _MAX_FIELD_CHARS),
        title=title,
        first_seen_at=item.found_at,
        fetched_at=item.found_at,
        content_hash=content_hash(title, text),
        url=url,
        url_found=_url_found(item),
        guid=one_line(item.guid or "", _MAX_GUID_CHARS) or None,
        lead=shorten(fragment_text(item.summary or "") or text, MAX_LEAD_CHARS),
        text=text,
        body_kind=content.kind,
        language=language,
        publisher=publisher,
        publisher_country=_line(item.publisher_country),
        authors=_lines(item.authors or content.page.authors),
        section=_line(item.section or content.page.section),
        tags=_lines(item.tags or content.page.tags),
        dateline=_line(content.dateline),
        credit=_line(content.credit),
        caption=_line(content.caption, MAX_TITLE_CHARS),
        published_at=published.at,
        published_precision=published.precision,
        published_source=published.source,
        published_raw=_line(published.raw),
        modified_at=parse_modified(item.modified or content.page.modified, item.found_at),
        extraction=_extraction(
            content,
            published,
            is_cut=text != content.text,
            has_title=bool(given_title),
            has_bad_url=bool(item.url) and url is None,
        ),
        sentences=annotated.sentences,
        mentions=annotated.mentions,
        countries=annotated.countries,
        relations=annotated.relations,
    )


def normalise_safely(item: RawItem, annotate: Annotate, *, quick: bool = False) -> ArticleEvent | Rejected:
    """`normalise`, with what it raises as Rejected `extraction_failed`: one bad page ends no loop.

    The traceback is logged here, once. What hangs or kills the process needs `ingest.workers.pool`.
    """
    try:
        return normalise(item, annotate, quick=quick)
    except Exception as error:  # the top of every loop over items: whatever one holds, the others go on
        logger.exception("normalising failed", extra={"source": item.source, "locator": item.locator})
        return Rejected(
            "extraction_failed", f"{type(error).__name__}: {error}"[:500], item.source, item.locator
        )


def _title(item: RawItem, content: Content, publisher: str | None) -> str:
    """The source's title without the publisher at its end (as aggregators add it), else the body's own."""
    if item.title and (given := plain_title(item.title, MAX_TITLE_CHARS)):
        return cut_site(given, (), [publisher] if publisher else ())
    return plain_title(content.title or "", MAX_TITLE_CHARS)


def _first_sentence(text: str) -> str:
    first = _SENTENCE_END.split(text[: _MAX_MADE_TITLE_CHARS * 4], maxsplit=1)[0]
    return one_line(shorten(first, _MAX_MADE_TITLE_CHARS), MAX_TITLE_CHARS)


def _published(item: RawItem, content: Content) -> Published:
    """The source's date, then the page's own, then a day found on it."""
    said = [(item.published, "source")] if item.published else []
    found = [(content.day, "htmldate")] if content.day else []
    return decide_published([*said, *content.page.published, *found], item.found_at)


def _event_id(item: RawItem, url: str | None, title: str, text: str) -> str:
    return identity(
        identity_key(
            item.identity,
            source=one_line(item.source, _MAX_FIELD_CHARS),
            guid=item.guid,
            url=url,
            title=title,
            text=text,
            publisher=item.publisher,
        )
    )


def _extraction(
    content: Content, published: Published, *, is_cut: bool, has_title: bool, has_bad_url: bool
) -> Extraction:
    found = content.extraction
    cut: tuple[Literal["text_truncated"], ...] = ("text_truncated",) if is_cut else ()
    made: tuple[Literal["title_made"], ...] = () if has_title else ("title_made",)
    lost: tuple[Literal["url_unreadable"], ...] = ("url_unreadable",) if has_bad_url else ()
    warnings = dict.fromkeys((*found.warnings, *cut, *made, *lost, *published.warnings))
    return Extraction(method=found.method, version=found.version, warnings=tuple(warnings))


def _url_found(item: RawItem) -> str | None:
    raw = (item.url or "").strip()
    return one_line(raw, MAX_URL_CHARS) or None if len(raw) <= MAX_URL_CHARS else None


def _line(value: str | None, limit: int = _MAX_FIELD_CHARS) -> str | None:
    return plain_title(value, limit) or None if value else None


def _lines(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for value in values[:_MAX_LIST] if (line := _line(value))))
