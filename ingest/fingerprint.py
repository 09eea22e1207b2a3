"""Recognising an item before any work is spent on it, and an article under another name. Pure.

Two digests for an item: `key` says which item of which source it is, `content` what it says this time.
Equal in both: it was handled before, and no extraction is needed to know so.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.item import RawItem, Rejected
from ingest.urls import url_key


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Which item, and its content as found; 16 bytes each."""

    key: bytes
    content: bytes


def fingerprint(item: RawItem) -> Fingerprint:
    """Digest an item as found; an item without url and guid is its own content.

    Left out of the content: when and where we found it, and the caller's name for it.
    """
    content = _digest(
        item.title,
        item.summary,
        item.html,
        item.charset,
        item.page_text,
        item.text,
        item.published,
        item.modified,
        item.language,
        item.publisher,
        item.publisher_country,
        item.section,
        item.identity,
        *item.authors,
        "",
        *item.tags,
    )
    if item.url is None and item.guid is None:
        return Fingerprint(_digest(item.source, None, None, content), content)
    return Fingerprint(_digest(item.source, item.guid, item.url), content)


def url_link(url: str) -> bytes:
    """The key under which an article is known by its canonical URL, whoever found it, http or https."""
    return _digest("url", url_key(url))


def guid_link(source: str, guid: str) -> bytes:
    """The key under which an article is known by a source's guid."""
    return _digest("guid", source, guid)


def reliable_guids(items: Sequence[RawItem | Rejected]) -> frozenset[tuple[str, str]]:
    """The (source, guid) pairs that name one article: those that stand with one URL only.

    Some feeds give every entry the same guid (their home page, an empty string): believing it would turn
    all their articles into revisions of one.
    """
    urls: dict[tuple[str, str], set[str | None]] = {}
    for item in items:
        if isinstance(item, RawItem) and item.guid:
            urls.setdefault((item.source, item.guid), set()).add(item.url)
    return frozenset(pair for pair, found in urls.items() if len(found) == 1)


def _digest(*parts: str | bytes | None) -> bytes:
    """Hash parts unambiguously: each with its length before it, and None apart from empty."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(b"-" if data is None else b"%d:" % len(data))
        digest.update(data or b"")
    return digest.digest()
