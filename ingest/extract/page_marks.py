"""Marks that tell what a line of a page is: a picture's credit, the end of the article, a box of the site.

The words are data (page_marks.tsv), in the languages we know; a language without words there loses a little
precision and no text.
"""

import re
from functools import cache
from importlib.resources import files

_MAX_CAPTION_CHARS = 420
_MAX_HEADING_CHARS = 70
_MAX_BOX_CHARS = 220
_MAX_BYLINE_CHARS = 100


def is_caption(text: str) -> bool:
    """Whether a line is the caption or the credit of a picture."""
    return len(text) <= _MAX_CAPTION_CHARS and _credits().search(text) is not None


def is_end(text: str) -> bool:
    """Whether a line is a heading of what follows an article: comments, related stories, sharing."""
    return len(text) <= _MAX_HEADING_CHARS and _ends().match(text) is not None


def is_byline(text: str) -> bool:
    """Whether a line opens with who wrote the article or when it was published."""
    return len(text) <= _MAX_BYLINE_CHARS and _bylines().match(text) is not None


def is_box(text: str) -> bool:
    """Whether a line belongs to a box of the site: newsletter, subscription, cookies, advertisement."""
    return len(text) <= _MAX_BOX_CHARS and _boxes().search(text) is not None


def is_consent(text: str) -> bool:
    """Whether a paragraph, of any length, is the site speaking of cookies and of its readers' data."""
    return _consents().search(text) is not None


@cache
def _words() -> dict[str, str]:
    """The alternatives of each kind, joined."""
    kinds: dict[str, list[str]] = {}
    table = files("ingest.extract").joinpath("page_marks.tsv").read_text(encoding="utf-8")
    for row in table.splitlines():
        if not row.startswith("#"):
            kind, _, words = row.partition("\t")
            kinds.setdefault(kind, []).append(words)
    return {kind: "|".join(words) for kind, words in kinds.items()}


@cache
def _ends() -> re.Pattern[str]:
    return re.compile(rf"^[\W\d_]*(?:{_words()['end']})", re.IGNORECASE)


@cache
def _bylines() -> re.Pattern[str]:
    return re.compile(rf"^\W*(?:{_words()['byline']})(?!\w)", re.IGNORECASE)


@cache
def _boxes() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_words()['box']})\b", re.IGNORECASE)


@cache
def _consents() -> re.Pattern[str]:
    return re.compile(_words()["consent"], re.IGNORECASE)


@cache
def _credits() -> re.Pattern[str]:
    agency, picture = _words()["agency"], _words()["picture"]
    trade = r"(?:\s*/[^()\[\]]{0,40}|\s+(?:Images|Photo|Pictures?|Stock)[^()\[\]]{0,30})?"
    forms = (
        rf"[(\[/|–—-]\s*(?:[^()\[\]]{{0,60}}[\s/])?(?:{agency}){trade}\s*[)\]]?$",  # … (Reuters)
        rf"[(\[]\s*(?:{picture})\b\s*(?:[:：]|by|\s)[^()\[\]]{{0,80}}[)\]]?$",  # … (Photo: Somebody)
        rf"(?:^|[.\s|])(?:{picture})\s*[:：©/|]\s*\S.{{0,80}}$",  # … Photo: Somebody
        r"©\s*\S.{0,60}$",
        r"(?:AP|AFP|Getty|EPA|Reuters)\s(?:Photo|Images|Pictures?)\b.{0,40}$",
    )
    return re.compile("|".join(forms), re.IGNORECASE)
