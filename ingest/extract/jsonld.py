"""The article a page describes in JSON-LD: found in any nesting, read leniently, bounded.

Sites break it in known ways: comments or CDATA around it, line breaks inside strings, a semicolon or comma
too many, a list instead of an object, one `@graph` for everything.
"""

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

Node = dict[str, Any]  # one JSON-LD object, of whatever shape the site gave it

_MAX_SCRIPTS = 30
_MAX_SCRIPT_CHARS = 2_000_000
_MAX_NODES = 2_000
_OPENING = re.compile(r"\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)?\s*")
_DANGLING_COMMA = re.compile(r",(\s*[}\]])")
# Where an article may hide; never `itemListElement`, `hasPart` or `liveBlogUpdate`: those hold others.
_DOORS = ("@graph", "mainEntity", "mainEntityOfPage", "article")
_TEXT_LIMIT = 2_000_000


def article_node(scripts: Iterable[str]) -> Node:
    """The fullest object of an article type, or an empty one. Ties go to the first on the page."""
    best: Node = {}
    for node in _nodes(scripts):
        if is_article(node) and _weight(node) > _weight(best):
            best = node
    return best


def is_article(node: Node) -> bool:
    """Whether the object is an Article or one of schema.org's kinds of it."""
    return any(
        name.endswith(("Article", "BlogPosting", "Report", "LiveBlogPosting")) for name in _types(node)
    )


def texts(value: object) -> list[str]:
    """The texts of a value that may be a text, a number, an object with a name, or a list of those."""
    found: list[str] = []
    queue = deque([value])
    while queue and len(found) < 50:
        each = queue.popleft()
        if isinstance(each, str) and each.strip():
            found.append(each[:_TEXT_LIMIT])
        elif isinstance(each, dict):
            queue.appendleft(each.get("name") or each.get("@value") or each.get("url"))
        elif isinstance(each, list):
            queue.extendleft(reversed(each[:50]))
    return found


def first_text(node: Node, *names: str) -> str | None:
    """The first text under the first of these names that has one."""
    return next((found[0] for name in names if (found := texts(node.get(name)))), None)


def _types(node: Node) -> list[str]:
    return [name.rpartition("/")[2] for name in texts(node.get("@type"))]


def _weight(node: Node) -> int:
    return sum(
        bool(node.get(name)) for name in ("headline", "datePublished", "author", "articleBody", "publisher")
    )


def _nodes(scripts: Iterable[str]) -> Iterator[Node]:
    seen = 0
    for script, _ in zip(scripts, range(_MAX_SCRIPTS), strict=False):
        queue: deque[object] = deque([_read(script)])
        while queue and seen < _MAX_NODES:
            each = queue.popleft()
            seen += 1
            if isinstance(each, list):
                queue.extend(each[:_MAX_NODES])
            elif isinstance(each, dict):
                yield each
                queue.extend(each[name] for name in _DOORS if isinstance(each.get(name), dict | list))


def _read(script: str) -> object:
    """The document in a script, or None where even a lenient reading fails."""
    if len(script) > _MAX_SCRIPT_CHARS:
        return None
    try:
        return msgspec.json.decode(script)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return _read_leniently(_unwrapped(script))


def _unwrapped(script: str) -> str:
    """Without the comment or CDATA section around it, and without semicolons at its end; linear."""
    end = len(script)
    while end and (script[end - 1].isspace() or script[end - 1] == ";"):
        end -= 1
    opening = _OPENING.match(script, 0, end)
    inner = script[opening.end() if opening else 0 : end]
    if inner.endswith("-->"):
        return inner[:-3].rstrip()
    if inner.endswith("]]>"):
        return inner[:-3].rstrip().removesuffix("//").rstrip()
    return inner


def _read_leniently(script: str) -> object:
    try:
        return json.loads(_DANGLING_COMMA.sub(r"\1", script), strict=False)
    except (ValueError, RecursionError):
        return None
