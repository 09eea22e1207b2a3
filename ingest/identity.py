"""What makes two finds one article: the identity key, hashed by `stream.event.identity`."""

import unicodedata
from typing import Literal

from ingest.extract.characters import strip_invisible
from ingest.urls import url_key

_TEXT_CHARS = 500


def identity_key(
    rule: Literal["url", "guid"],
    *,
    source: str,
    guid: str | None,
    url: str | None,
    title: str,
    text: str,
    publisher: str | None,
) -> str:
    """The first key that applies, before hashing.

    Source + guid where the source says so; the canonical URL; source + guid for an item without a link;
    normalised title, start of the text and publisher. Never the whole body: a correction further down is
    a revision and not another article. http and https, with and without `www.`, give the same key.
    """
    if guid and (rule == "guid" or not url):
        return f"guid\n{source}\n{strip_invisible(unicodedata.normalize('NFC', guid.strip()))}"
    if url:
        return url_identity(url)
    return f"text\n{_words(title)}\n{_words(text)[:_TEXT_CHARS]}\n{_words(publisher or '')}"


def url_identity(url: str) -> str:
    """The key of an article that is known by its canonical URL."""
    return f"url\n{url_key(url)}"


def _words(text: str) -> str:
    """Letters and digits that survive another case, width, spacing or punctuation of the same text."""
    folded = unicodedata.normalize("NFKC", text[: _TEXT_CHARS * 8]).casefold()
    return " ".join("".join(char if char.isalnum() else " " for char in folded).split())
