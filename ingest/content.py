"""What of an item can be read: its text with the fields that come with it, whichever body it has."""

from dataclasses import dataclass, field
from typing import Literal

from ingest.dates import parse_instant
from ingest.extract.body import extract_body
from ingest.extract.characters import paragraphs
from ingest.extract.day import find_day
from ingest.extract.decode import decode
from ingest.extract.fragment import fragment_text, is_page
from ingest.extract.metadata import PageMetadata, read_metadata
from ingest.extract.page import parse_page
from ingest.item import RawItem, Rejected
from ingest.urls import canonical_url, is_front_page
from stream.event import Extraction

MAX_BODY_BYTES = 10_000_000
_TEASER_END = (
    "...",
    "…",
    "[…]",
    "[...]",
    "read more",
    "continue reading",
    "weiterlesen",
    "lire la suite",
    "leer más",
)

BodyKind = Literal["full", "summary", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Clean text and what was learnt beside it.

    `title` is the body's own; `day` a date found in a page's text, written YYYY-MM-DD, looked for only where
    nothing declares one.
    """

    text: str
    kind: BodyKind
    extraction: Extraction
    title: str | None = None
    dateline: str | None = None
    credit: str | None = None
    caption: str | None = None
    day: str | None = None
    page: PageMetadata = field(default_factory=PageMetadata)


def read_content(item: RawItem, *, quick: bool = False) -> Content | Rejected:
    """Read the one body an item has, or its summary where it has none.

    Rejected: `too_large` past 10 MB before anything is parsed, `undecodable` where a page holds no mark-up.
    `quick` trades quality for ten times the speed (see `extract_body`).
    """
    size = max(_size(item.html), _size(item.page_text), _size(item.text))
    if size > MAX_BODY_BYTES:
        return Rejected("too_large", f"{size} bytes, at most {MAX_BODY_BYTES}", item.source, item.locator)
    if item.html is not None:
        return _from_html(item, item.html, quick=quick)
    if item.page_text is not None:
        return _from_page_text(item.page_text)
    if item.text is not None:
        return _of_kind(paragraphs(item.text), "text", "full")
    return _from_summary(item.summary)


def _size(body: str | bytes | None) -> int:
    return len(body) if body is not None else 0


def _of_kind(text: str, method: str, kind: BodyKind, warnings: tuple[str, ...] = ()) -> Content:
    return Content(
        text=text, kind=kind if text else "none", extraction=Extraction(method=method, warnings=warnings)
    )


def _from_html(item: RawItem, markup: str | bytes, *, quick: bool) -> Content | Rejected:
    warnings: tuple[str, ...] = ()
    if isinstance(markup, bytes):
        decoded = decode(markup, item.charset)
        markup, warnings = decoded.text, decoded.warnings
    if not is_page(markup) and not (isinstance(item.html, bytes) and "<" in markup):
        return _from_fragment(item, markup)
    return _from_page(item, markup, warnings, quick=quick)


def _from_fragment(item: RawItem, markup: str) -> Content:
    """A feed's content element: whole unless it ends like a teaser or says no more than the summary."""
    text = fragment_text(markup)
    if not text and item.summary:
        return _from_summary(item.summary)
    is_teaser = text.lower().endswith(_TEASER_END) or text == fragment_text(item.summary or "")
    return _of_kind(text, "fragment", "summary" if is_teaser else "full")


def _from_summary(summary: str | None) -> Content:
    return _of_kind(fragment_text(summary or ""), "summary" if summary else "none", "summary")


def _from_page_text(page_text: str) -> Content:
    from ingest.extract.page_text import clean_page

    page = clean_page(page_text)
    return Content(
        text=paragraphs(page.text),
        kind="full" if page.text else "none",
        extraction=Extraction(method="page_text", warnings=tuple(page.warnings)),
        title=page.title,
        dateline=page.dateline,
        credit=page.credit,
        caption=page.caption,
    )


def _from_page(item: RawItem, markup: str, warnings: tuple[str, ...], *, quick: bool) -> Content | Rejected:
    page = parse_page(markup)
    if page is None:
        return Rejected("undecodable", "no mark-up to read", item.source, item.locator)
    said = read_metadata(page.tree, item.url)
    body = extract_body(page, title=item.title or said.title or "", declared=said.article_body, quick=quick)
    text = body.text or fragment_text(said.description or item.summary or "")
    kind: BodyKind = "full" if body.text else "summary" if text else "none"
    cut = () if page.is_whole else ("page_cut",)
    wall = () if said.is_free else ("paywalled",)
    return Content(
        text=text,
        kind=kind,
        extraction=Extraction(
            method=body.method, version=body.version, warnings=(*warnings, *cut, *body.warnings, *wall)
        ),
        title=said.title,
        page=said,
        day=find_day(page.tree, item.url, item.found_at) if _may_have_day(item, said) else None,
    )


def _may_have_day(item: RawItem, said: PageMetadata) -> bool:
    """Whether to look for a date in the text: none is declared, and on a front page it would be another's."""
    declared = (item.published or "", *(raw for raw, _ in said.published))
    url = canonical_url(item.url or "")
    return not any(map(parse_instant, declared)) and not (url and is_front_page(url))
