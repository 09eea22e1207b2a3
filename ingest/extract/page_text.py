"""A whole page rendered to text, boilerplate and all: the article in it, and what stood around it."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.extract.dateline import split_credit, split_dateline
from ingest.extract.page_body import belongs, find_body
from ingest.extract.page_lines import Line, read_lines
from ingest.extract.page_marks import is_caption
from ingest.extract.page_title import find_title, spelled

_MIN_BODY_CHARS = 200
_CAPTION_LINES_ABOVE = 6


@dataclass(frozen=True, slots=True)
class PageText:
    """The parts of a page. `text` has one paragraph a line, without title, dateline, captions and boxes.

    `warnings`: `no_title`, `no_body`, `short_body`.
    """

    title: str | None
    text: str
    dateline: str | None = None
    credit: str | None = None
    caption: str | None = None
    warnings: tuple[str, ...] = ()


def clean_page(page: str) -> PageText:
    """Find the article on a page. Takes time linear in its length; never raises."""
    lines = read_lines(page)
    start, end = find_body(lines)
    title = find_title(lines, start, end)
    body = [line.text for line in lines[start:end] if line is not title and belongs(line)]
    filed = split_dateline(body[0] if body else "")
    text = "\n".join([filed.text, *body[1:]])
    caption, credit = _caption(lines, start, end)
    return PageText(
        title=spelled(lines, title) if title else None,
        text=text,
        dateline=filed.dateline,
        credit=filed.credit or credit,
        caption=caption,
        warnings=_warnings(title, text),
    )


def _caption(lines: Sequence[Line], start: int, end: int) -> tuple[str | None, str | None]:
    """The first caption from just above the body on, and its credit."""
    for line in lines[max(0, start - _CAPTION_LINES_ABOVE) : end]:
        if is_caption(line.text):
            caption, credit = split_credit(line.text)
            return caption or None, credit
    return None, None


def _warnings(title: Line | None, text: str) -> tuple[str, ...]:
    found = ["no_title"] if title is None else []
    if not text:
        found.append("no_body")
    elif len(text) < _MIN_BODY_CHARS:
        found.append("short_body")
    return tuple(found)
