"""Characters that may stand in an event: what is invisible, broken or unbounded goes.

Zero-width joiners stay (Persian and Indic spelling needs them); everything else that a reader cannot see
goes, because it would split words for the matcher or turn a line around on a page.
"""

import html
import re
import unicodedata

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffc\ufffe\uffff\ud800-\udfff]"
)
_BREAK = re.compile("[\r\n\x0b\x0c\x85\u2028\u2029]+")
# A tag, not "a < b": a letter or a slash follows the bracket. Bounded, so that it cannot backtrack far.
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")


def strip_invisible(text: str) -> str:
    """Drop control characters, NULs, lone surrogates, direction marks and other unseen characters."""
    return _INVISIBLE.sub("", text)


def one_line(text: str, limit: int) -> str:
    """One NFC line with single spaces, of at most `limit` characters."""
    # The slice bounds the work on hostile input; what is cut is white space or lies past the limit anyway.
    line = " ".join(unicodedata.normalize("NFC", strip_invisible(text[: limit * 8])).split())
    return line[:limit].rstrip()


def paragraphs(text: str) -> str:
    """NFC lines, one a paragraph, joined by a newline; spaces collapsed inside, no blank lines."""
    cleaned = unicodedata.normalize("NFC", strip_invisible(_BREAK.sub("\n", text)))
    lines = (" ".join(line.split()) for line in cleaned.split("\n"))
    return "\n".join(line for line in lines if line)


def plain_title(raw: str, limit: int) -> str:
    """A title as a reader sees it: unescaped until stable (at most three times), tags out, one line.

    Feeds escape twice and put mark-up in titles: simplepie/simplepie#637, LemmyNet/lemmy#5171.
    """
    text = raw[: limit * 8]
    for _ in range(3):
        unescaped = html.unescape(text)
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
