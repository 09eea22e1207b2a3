"""The article of a page without its menus, teasers and footers.

trafilatura in its precision mode, measured best (F1 .976 English, .960 in 25 languages, no page under .5, at
70 % of the speed of its fast mode); where that finds nothing or little, other readings compete. Only in
processes of its own: in threads trafilatura ends the process (adbar/trafilatura#925).
"""

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal

from lxml import etree

from ingest.extract.characters import paragraphs
from ingest.extract.fragment import fragment_text
from ingest.extract.page import Page
from ingest.extract.titles import letters, telling_words

if TYPE_CHECKING:
    from trafilatura.settings import Document

Method = Literal["trafilatura", "resiliparse", "jsonld"]
BodyWarning = Literal["body_short", "body_off_title", "extractor_failed", "page_crowded"]

_SHORT_CHARS = 300
_MUCH_LONGER = 2
_CROWDED_TAGS = 25_000  # twice what the fullest of 334 pages of news has; there trafilatura takes 2 s
_ABOUT_CHARS = 20_000  # an article names its subject by then
_FAILURES = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    RecursionError,
    etree.LxmlError,
)


@dataclass(frozen=True, slots=True)
class Body:
    """Paragraphs as lines, how they were won, and what is suspicious about them.

    `body_short` and `body_off_title` (none of the title's telling words) are what cookie walls, paywalls and
    newsletter boxes look like (adbar/trafilatura#569): labels, for some short items are honest.
    """

    text: str
    method: Method
    version: str = ""
    warnings: tuple[BodyWarning, ...] = ()


def extract_body(page: Page, *, title: str, declared: str | None, quick: bool = False) -> Body:
    """The body of a page, which stays as it is; empty text where there is none.

    `declared` is the articleBody of JSON-LD: only a fallback, as sites put teasers in it (first, it lowered
    F1 from .942 to .931). `quick` spends a tenth of the time for F1 .932 and .913: for overload, and for
    pages of more than 25,000 tags (`page_crowded`), on which trafilatura is quadratic and resiliparse is not.
    """
    is_crowded = page.markup.count("<") > _CROWDED_TAGS
    first = _judge(_attempt(_by_resiliparse if quick or is_crowded else _by_trafilatura, page), title)
    if is_crowded:
        return replace(first, warnings=(*first.warnings, "page_crowded"))
    if not first.warnings:
        return first
    rivals = [_judge(Body(_without_title(fragment_text(declared or ""), title), "jsonld"), title)]
    if first.method != "resiliparse":
        rivals.append(_judge(_attempt(_by_resiliparse, page), title))
    return functools.reduce(_better, rivals, first)


def _better(held: Body, rival: Body) -> Body:
    """A rival must be about the title where the other is not, or be far longer and no less to the point."""
    held_off, rival_off = ("body_off_title" in each.warnings for each in (held, rival))
    if not rival.text or (rival_off and not held_off):
        return held
    if held_off and not rival_off and len(rival.text) >= _SHORT_CHARS:
        return rival
    return rival if len(rival.text) > max(_SHORT_CHARS, _MUCH_LONGER * len(held.text)) else held


def _judge(body: Body, title: str) -> Body:
    text = _without_title(body.text, title)
    found = list(body.warnings)
    if _weight(text) < _SHORT_CHARS:
        found.append("body_short")
    wanted, start = telling_words(title), text[:_ABOUT_CHARS].lower()
    if wanted and text and not any(word in start for word in wanted):
        found.append("body_off_title")
    return replace(body, text=text, warnings=tuple(found))


def _weight(text: str) -> int:
    """Length in characters, with those of scripts that say more in fewer counted twice."""
    return len(text) + sum(char > "\u2e7f" for char in text[:_SHORT_CHARS])


def _without_title(text: str, title: str) -> str:
    """Without the title repeated among the first lines, which all extractors do on some pages."""
    lines = text.split("\n")
    heading = letters(title)
    kept = [line for i, line in enumerate(lines) if i > 2 or not heading or letters(line) != heading]
    return "\n".join(kept)


def _attempt(extract: Callable[[Page], Body], page: Page) -> Body:
    """What `extract` finds; its failures are no text, so that another reading gets its turn."""
    try:
        return extract(page)
    except _FAILURES:
        method: Method = "trafilatura" if extract is _by_trafilatura else "resiliparse"
        return Body("", method, warnings=("extractor_failed",))


def _by_trafilatura(page: Page) -> Body:
    document = _trafilatura()(page.tree, favor_precision=True, include_comments=False, with_metadata=False)
    text = getattr(document, "text", None) or ""  # None, or the dict of a mode not used here
    return Body(paragraphs(text), "trafilatura", _version("trafilatura"))


def _by_resiliparse(page: Page) -> Body:
    from resiliparse.extract.html2text import extract_plain_text

    text = extract_plain_text(
        page.safe_markup, main_content=True, alt_texts=False, comments=False, list_bullets=False
    )
    return Body(paragraphs(text), "resiliparse", _version("resiliparse"))


@functools.cache
def _trafilatura() -> Callable[..., "Document | dict[str, Any] | None"]:
    """Load trafilatura on first use (0.5 s) and keep it from logging what we return as a warning."""
    from trafilatura import bare_extraction

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    return bare_extraction


@functools.cache
def _version(distribution: str) -> str:
    return version(distribution)
