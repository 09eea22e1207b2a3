"""Titles and other short texts of a feed, as a reader should see them. Pure."""

import re

from ingest.references import unescape

MAX_TITLE_CHARS = 1000
_MAX_ESCAPES = 3
# Tags inside a word: `<b>I</b>ran`. All others separate words.
_INLINE = re.compile(r"</?(?:a|abbr|b|bdi|em|font|i|mark|small|span|strong|tt|u|wbr)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<!\[CDATA\[|\]\]>|<(?:/?[A-Za-z]|[!?])[^<>]*>")  # linear: titles are hostile input too
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u2060\ufeff\ufffe\uffff\ud800-\udfff]")


def plain_title(markup: str | None) -> str:
    """Unescape until stable (at most three times), drop the tags, collapse white space.

    Titles arrive double-escaped and with mark-up in every format. Zero-width joiners stay: Persian and
    Indic spelling needs them.
    """
    text = (markup or "")[: MAX_TITLE_CHARS * 8]
    for _ in range(_MAX_ESCAPES):
        if "&" not in text:
            break
        unescaped = unescape(text)
        if unescaped == text:
            break
        text = unescaped
    if "<" in text:
        text = _TAG.sub(" ", _INLINE.sub("", text))
    if not text.isprintable():
        text = _INVISIBLE.sub(" ", text)
    return " ".join(text.split())[:MAX_TITLE_CHARS]
