"""A feed's summary or content to plain text, a paragraph a line; no boilerplate to judge, so no extractor."""

import re

from lxml.html import HtmlElement

from ingest.extract.characters import paragraphs
from ingest.extract.page import parse_page
from ingest.references import unescape

_MAX_CHARS = 2_000_000
_MARKUP = re.compile(r"<[A-Za-z/!]|&(?:#\d|#x[0-9a-fA-F]|[A-Za-z]{2,31};)")
_ESCAPED_MARKUP = re.compile(r"&lt;/?(?:p|br|a|b|i|em|strong|div|span|ul|li|img|h[1-6])\b", re.IGNORECASE)
_UNSEEN = frozenset(
    "script style noscript template iframe object embed svg math head form button select textarea".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body br caption dd div dl dt fieldset figcaption figure footer h1 h2 h3"
    " h4 h5 h6 header hr li main nav ol p pre section table td th tr ul".split()
)
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_PAGE_WITHIN_CHARS = 5_000


def fragment_text(markup: str) -> str:
    """Paragraphs as lines; scripts, styles and forms out, entities read, escaped mark-up unescaped once.

    Text without mark-up passes through. Never raises; reads at most two million characters.
    """
    markup = markup[:_MAX_CHARS]
    if _ESCAPED_MARKUP.search(markup) and "<" not in markup:
        markup = unescape(markup)
    if not _MARKUP.search(markup):
        return paragraphs(markup)
    page = parse_page(f"<div>{markup}</div>")
    if page is None:
        return ""
    pieces: list[str] = []
    _collect(page.tree, pieces)
    return paragraphs("".join(pieces))


def is_page(markup: str) -> bool:
    """Whether the mark-up begins as a whole page does, so that it has boilerplate around its article."""
    return bool(_PAGE.search(markup, 0, _PAGE_WITHIN_CHARS))


def _collect(element: HtmlElement, pieces: list[str]) -> None:
    """Append the visible text in order; line breaks of the source are spaces, those of blocks newlines.

    Recursive, since the parser bounds the depth to 256.
    """
    if not isinstance(element.tag, str) or element.tag in _UNSEEN:
        return
    edge = "\n" if element.tag in _BLOCKS else ""
    pieces.append(edge)
    pieces.append(_flat(element.text))
    for child in element:
        _collect(child, pieces)
        pieces.append(_flat(child.tail))
    pieces.append(edge)


def _flat(text: str | None) -> str:
    """The line breaks of the source mean a space; only blocks break lines."""
    return text.replace("\n", " ").replace("\r", " ") if text else ""
