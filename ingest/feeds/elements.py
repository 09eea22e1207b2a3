"""What the elements of an entry or a channel say, by the keys of their tags. Pure.

A key is a tag in lower case with our own prefix for a known extension: `title`, `dc:date`.
"""

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from lxml import etree

from ingest.feeds.titles import plain_title

Element = etree._Element  # noqa: SLF001 - lxml has no public name for it
Fields = Mapping[str, list[Element]]

XML = "{http://www.w3.org/XML/1998/namespace}"
MAX_LISTED = 100
MAX_NAME_CHARS = 300
_CORE = (
    "http://purl.org/rss/",  # 1.0; the modules are named below
    "http://my.netscape.com/",  # 0.9x
    "http://channel.netscape.com/",
    "http://backend.userland.com/",  # 2.0, as some write it
    "http://blogs.law.harvard.edu/",
    "http://purl.org/net/rss1.1",
    "http://www.w3.org/2005/Atom",
    "http://purl.org/atom/",  # 0.3
)
_PREFIXES = {
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/rss/1.0/modules/syndication/": "sy:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/elements/1.0/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://search.yahoo.com/mrss": "media:",
    "http://www.rssboard.org/media-rss": "media:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
}
_PERIODS_S = {"hourly": 3600.0, "daily": 86_400.0, "weekly": 604_800.0, "monthly": 2_592_000.0}
_XML_ONLY = re.compile(r"(</?)[\w.-]+:(?=[A-Za-z])|\sxmlns(?::[\w.-]+)?=\"[^\"]*\"")
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s<>]+>\Z")
_ADDRESSED = re.compile(r"[^\s@]+@[^\s(]+\s*\((.+)\)\Z")


def key_of(tag: str) -> str:
    """Turn a tag of lxml (`{namespace}Name`) into a key; an undeclared prefix is taken at its word."""
    namespace, _, name = tag.rpartition("}")
    namespace = namespace[1:]
    prefix = _PREFIXES.get(namespace)
    if prefix is None:
        prefix = "" if not namespace or namespace.startswith(_CORE) else "other:"
    return prefix + name.lower()


def text(element: Element) -> str | None:
    """All characters of an element, or None when there are none."""
    held = "".join(str(part) for part in element.itertext()) if len(element) else element.text or ""
    return held.strip() or None


def markup(element: Element) -> str | None:
    """The HTML that an element holds: escaped, in CDATA, in base64, or as child elements (XHTML)."""
    if len(element):
        return _inner(element).strip() or None
    held = (element.text or "").strip()
    return (_unbased(held) if held and _is_base64(element) else held) or None


def first(fields: Fields, keys: Iterable[str], read: Callable[[Element], str | None]) -> str | None:
    """What the first of `keys` that says anything says."""
    for key in keys:
        for element in fields.get(key, ()):
            if found := read(element):
                return found
    return None


def permalink(identifier: Element) -> str | None:
    """An id that may serve as link: a web address, unless isPermaLink (RSS 2.0) says false."""
    held = text(identifier)
    is_link = identifier.get("isPermaLink", "true").lower() == "true"
    return held if held and is_link and held.startswith(("http://", "https://")) else None


def authors(fields: Fields) -> tuple[str, ...]:
    """The people named: Atom's author/name, dc:creator, RSS's `address (name)`."""
    return _unique(
        _person(element)
        for key in ("author", "dc:creator", "itunes:author")
        for element in fields.get(key, ())
    )


def tags(fields: Fields) -> tuple[str, ...]:
    """Categories: Atom's term or label, RSS's text, dc:subject."""
    return _unique(
        element.get("label") or element.get("term") or text(element)
        for key in ("category", "dc:subject")
        for element in fields.get(key, ())
    )


def ttl_s(fields: Fields) -> float | None:
    """How long the channel asks to be left alone: RSS's ttl (minutes) or the syndication module."""
    minutes = first(fields, ("ttl",), text) or ""
    if re.fullmatch(r"\d{1,6}", minutes):
        return int(minutes) * 60.0
    period_s = _PERIODS_S.get((first(fields, ("sy:updateperiod",), text) or "").lower())
    times = first(fields, ("sy:updatefrequency",), text) or "1"
    return period_s / int(times) if period_s and re.fullmatch(r"[1-9]\d{0,4}", times) else None


def _person(element: Element) -> str | None:
    names = [child for child in element if isinstance(child.tag, str) and child.tag.endswith("}name")]
    held = text(names[0]) if names else None if len(element) else text(element)
    held = (held or "")[:MAX_NAME_CHARS]
    if held.endswith(")"):
        addressed = _ADDRESSED.match(held)
        return addressed.group(1) if addressed else held
    name, _, address = held.rpartition("<")
    return name.rstrip() if name.strip() and _ADDRESS.match(address) else held


def _unique(found: Iterable[str | None]) -> tuple[str, ...]:
    plain: Iterator[str] = (plain_title(item) for item in found if item)
    return tuple(dict.fromkeys(item for item in plain if item))[:MAX_LISTED]


def _inner(element: Element) -> str:
    """Child elements as HTML: without the namespaces and prefixes that only XML needs."""
    parts = [etree.tostring(child, encoding="unicode") for child in element]
    return (element.text or "") + _XML_ONLY.sub(r"\1", "".join(parts))


def _is_base64(element: Element) -> bool:
    """Atom 0.3 says so in `mode`; in Atom 1.0 every type but text and XML is (RFC 4287, 4.1.3.3)."""
    kind = (element.get("type") or "").lower()
    is_binary = "/" in kind and not kind.startswith("text/") and not kind.endswith(("xml", "html"))
    return is_binary or "base64" in {kind, element.get("mode")}


def _unbased(held: str) -> str:
    try:
        return base64.b64decode("".join(held.split()), validate=True).decode().strip()
    except ValueError:  # it only said so
        return held
