"""Characters that may stand in an event: what is invisible, broken or unbounded goes.

Zero-width joiners stay (Persian and Indic spelling needs them); everything else that a reader cannot see
goes, because it would split words for the matcher or turn a line around on a page.
"""

import re
import unicodedata

from ingest.references import unescape

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffc\ufffe\uffff\ud800-\udfff]"
)
_BREAK = re.compile("[\r\n\x0b\x0c\x85\u2028\u2029]+")
_MOST_MARKS = 30
# Many in a row of what is neither letter, digit nor space: quick to rule out, and all marks are among it.
_MARKS = re.compile(rf"[^\w\s\x00-\x7f]{{{_MOST_MARKS + 1},}}")
# A tag, not "a < b": a letter or a slash follows the bracket. Bounded, so that it cannot backtrack far.
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")


def strip_invisible(text: str) -> str:
    """Drop control characters, NULs, lone surrogates, direction marks and other unseen characters."""
    return _INVISIBLE.sub("", text)


def composed(text: str) -> str:
    """NFC, of each letter's marks the first 30 only (UAX #15, Stream-Safe Text Format, D3).

    Marks out of order are sorted by insertion: a text of nothing else took time that grows with its square
    (half a minute for 256 KB).
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _MARKS.sub(_first_marks, text) if _MARKS.search(text) else text)


def _first_marks(run: re.Match[str]) -> str:
    """Of a run of characters in which marks are, whichever they are, all but the marks past the 30th."""
    kept: list[str] = []
    marks = 0
    for char in run.group():
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= _MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def one_line(text: str, limit: int) -> str:
    """One NFC line with single spaces, of at most `limit` characters."""
    # The slice bounds the work on hostile input; what is cut is white space or lies past the limit anyway.
    line = " ".join(composed(strip_invisible(text[: limit * 8])).split())
    return line[:limit].rstrip()


def paragraphs(text: str) -> str:
    """NFC lines, one a paragraph, joined by a newline; spaces collapsed inside, no blank lines."""
    cleaned = composed(strip_invisible(_BREAK.sub("\n", text)))
    lines = (" ".join(line.split()) for line in cleaned.split("\n"))
    return "\n".join(line for line in lines if line)


def plain_title(raw: str, limit: int) -> str:
    """A title as a reader sees it: unescaped until stable (at most three times), tags out, one line.

    Feeds escape twice and put mark-up in titles: simplepie/simplepie#637, LemmyNet/lemmy#5171.
    """
    text = raw[: limit * 8]
    for _ in range(3):
        unescaped = unescape(text)
        if unescaped == text:
            break
        text = unescaped
    return one_line(_TAG.sub(" ", text) if "<" in text else text, limit)


def cut_bytes(text: str, limit_bytes: int) -> str:
    """The longest start of `text` that takes at most `limit_bytes` as UTF-8, never half a character."""
    if len(text) * 4 <= limit_bytes:
        return text
    return text.encode("utf-8", "replace")[:limit_bytes].decode("utf-8", "ignore")


def shorten(text: str, limit: int) -> str:
    """Whole paragraphs while they fit in `limit` characters, else the first one cut at a word."""
    if len(text) <= limit:
        return text
    cut = text[: limit + 1]
    at = max(cut.rfind("\n"), cut.rfind(" "))
    return cut[: at if at > limit // 2 else limit].rstrip()
