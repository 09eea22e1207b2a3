"""Keys that stand twice in one JSON object, which RFC 8259 (4) leaves to each reader to make sense of.

A reader that takes the last and one that takes the first see two articles in one text.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class RepeatedKey:
    """A key where it stands a second time; line and column count from 1, in characters."""

    key: str
    line: int
    column: int
    first_line: int

    def __str__(self) -> str:
        first = f"first on line {self.first_line}"
        return (
            f'line {self.line}, column {self.column}: the key "{self.key}" stands here a second time, {first}'
        )


def repeated_key(data: bytes, before: bytes | memoryview = b"") -> RepeatedKey | None:
    """The first key that an object of this JSON, already known to be well-formed, holds twice.

    `before` is what precedes `data` in its document, for the place. Raises RecursionError past some depth.
    """
    text = data.decode()
    try:
        json.loads(text, object_pairs_hook=_refuse_repeats, parse_int=str, parse_float=str)
    except _RepeatsError:
        return _found(text, bytes(before).decode("utf-8", "replace"))
    return None


class _RepeatsError(Exception):
    pass


def _refuse_repeats(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) != len(pairs):
        raise _RepeatsError


def _found(text: str, before: str) -> RepeatedKey | None:
    """Walk the tokens with a stack of the keys of each open object; a list has None."""
    open_: list[dict[str, int] | None] = []
    is_key = False
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "{[":
            open_.append({} if mark == "{" else None)
        elif mark in "}]":
            open_.pop()
        keys = open_[-1] if open_ else None
        if mark[0] == '"' and is_key and keys is not None:
            key = json.loads(mark, strict=False)
            if key in keys:
                return _placed(key, before + text, len(before) + token.start(), len(before) + keys[key])
            keys[key] = token.start()
        is_key = mark in "{,"
    return None


def _placed(key: str, text: str, at: int, first_at: int) -> RepeatedKey:
    line_start = text.rfind("\n", 0, at) + 1
    return RepeatedKey(
        key=key[:100],
        line=text.count("\n", 0, at) + 1,
        column=at - line_start + 1,
        first_line=text.count("\n", 0, first_at) + 1,
    )
