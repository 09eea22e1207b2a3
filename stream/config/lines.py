"""A line of a file as it may be shown: each value by its key, and what has no key by the lines around it.

It works on lines and not on the tree, because a file that cannot be parsed has none. Where the text is
ambiguous it hides.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from stream.config.secrecy import HIDDEN, is_harmless, is_secret, shown_address, shown_key, without_secrets

_ITEM = re.compile(r"[ \t]*(?:- *)*")
_KEY = re.compile(
    r"""(?P<key>"[^"]*"|'[^']*'|[^\s\[\]{},"'#&*!|>%@`-][^\[\]{},"'#:]*?|-[^\s:]+)\s*:(?=\s|$|["'])"""
)
_BEFORE_KEY = re.compile(r"[\s{,]*")
_QUOTE_OR_COMMENT = re.compile(r"""["']|(?:^|\s+)#""")
_WORDS = re.compile(r"[^\s,\[\]{}]+")
_SHORT = 3


class _Opening(NamedTuple):
    """A line above that another line belongs to: its last key, and whether its value began on it."""

    key: str
    has_text: bool


def shown_line(lines: Sequence[str], number: int) -> str:
    """Line `number` (from 1) of a file's lines, with all that may be secret hidden up to the line's end.

    What stays keeps its column.
    """
    line = _without_comment(lines[number - 1])
    above = list(_openings(lines, number))
    if any(is_secret(one.key) for one in above):
        return _hidden(line, 0)
    texts = [one for one in above if one.has_text]
    if texts:  # it goes on with a text that began above
        return without_secrets(line) if all(is_harmless(one.key) for one in texts) else _hidden(line, 0)
    return _judged(line, is_harmless(above[0].key) if above else False)


def _judged(line: str, is_shown: bool) -> str:
    """A line by its own keys; `is_shown` is for what is before the first of them."""
    position = _item_end(line)
    key = None
    while position < len(line):
        begin, position = position, _BEFORE_KEY.match(line, position).end()  # type: ignore[union-attr]  # it matches nothing too
        found = _KEY.match(line, position) if key is None or _is_parted(line[begin:position]) else None
        if found:
            key, position = found["key"].strip("\"'"), found.end()
            if shown_key(key) != key or is_secret(key):
                return _hidden(line, position if shown_key(key) == key else found.start())
            continue
        end = _next(line, position)
        if not _may_stay(key, line[position:end], is_shown=is_shown):
            return _hidden(line, position)
        position = end
    return without_secrets(line)


def _is_parted(between: str) -> bool:
    """Whether a key can begin behind this: `a: b: c` has one key, `{a: {b: c}}` has two."""
    return "{" in between or "," in between


def _may_stay(key: str | None, value: str, *, is_shown: bool) -> bool:
    if is_shown if key is None else is_harmless(key):
        return True
    if key == "url":
        return shown_address(value.strip(" \t\"',}]")) is not None
    words = _WORDS.findall(value)
    return all(len(word) <= _SHORT for word in words) and (key is None or len(words) <= 1)


def _next(line: str, position: int) -> int:
    """Where the next key may begin: behind a bracket or comma outside quotes."""
    quote, has_begun = "", False
    for place in range(position, len(line)):
        char = line[place]
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'" and not has_begun:
            quote = char
        elif char == "{":
            return place + 1
        elif char == "," and place > position:
            return place
        has_begun = bool(quote) or (has_begun and char not in "[,") or char not in " \t[,-"
    return len(line)


def _openings(lines: Sequence[str], number: int) -> Iterator[_Opening]:
    """The lines that this one is below of, by its indentation, from the nearest to the outermost."""
    line = lines[number - 1]
    column, is_item = _column(line), line.lstrip().startswith("-")
    for above in reversed(lines[: number - 1]):
        text = _without_comment(above)
        if not text.strip():
            continue
        if column == 0 and not is_item:
            return
        dash, content = _column(text), _item_end(text)
        has_dash = content > dash
        if content < column or (content == column and is_item and not has_dash):
            yield _opening(text)
            column, is_item = dash, has_dash
        elif has_dash and dash < column:
            column, is_item = dash, True


def _opening(text: str) -> _Opening:
    start, key = _item_end(text), ""
    position = start
    while found := _KEY.match(text, _BEFORE_KEY.match(text, position).end()):  # type: ignore[union-attr]  # same
        key, position = found["key"].strip("\"'"), found.end()
        rest = text[position:].lstrip()
        if not rest.startswith("{"):
            break
    rest = text[position:].strip()
    return _Opening(key, bool(rest) and rest[0] not in "{[")


def _column(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _item_end(line: str) -> int:
    """Where the content of a line begins, behind its indentation and the dashes of a list."""
    return _ITEM.match(line).end()  # type: ignore[union-attr]  # it matches nothing too


def _without_comment(line: str) -> str:
    quotes = {'"': 0, "'": 0}
    for found in _QUOTE_OR_COMMENT.finditer(line):
        if found[0] in quotes:
            quotes[found[0]] += 1
        elif not any(count % 2 for count in quotes.values()):
            return line[: found.start()]
    return line


def _hidden(line: str, position: int) -> str:
    """The line up to a column, then stars for whatever is there."""
    start = position + len(line[position:]) - len(line[position:].lstrip())
    return without_secrets(line[:start]) + (HIDDEN if line[start:].strip(" \t{}[],") else line[start:])
