"""A YAML file as read: values that remember the line and column of every key and value."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Unpack

from stream.config.lines import shown_line
from stream.config.problem import ConfigProblem, Say
from stream.config.scalar import Plain, resolve
from stream.config.secrecy import HIDDEN, is_secret, shown_key, shown_value, without_secrets

Path = tuple[str | int, ...]
_LINE_END = re.compile(r"\r\n|\r|\n")
_LONGEST_SHOWN = 60


class Scalar(NamedTuple):
    """One word or text; `start` and `end` are character offsets in the file, with any quotes."""

    start: int
    end: int
    text: str
    is_plain: bool

    @property
    def value(self) -> Plain:
        """The text, or for an unquoted word what YAML 1.2 says it is."""
        return resolve(self.text) if self.is_plain else self.text


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    start: int
    items: list["Node"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys, which are always text as written, with their values, in the order of the file."""

    start: int
    keys: dict[str, Scalar] = field(default_factory=dict)
    items: dict[str, "Node"] = field(default_factory=dict)


Node = Scalar | Sequence | Mapping


class Source:
    """The text of a file, and where its lines begin."""

    def __init__(self, file: str, text: str) -> None:
        """`file` is the name to show, `text` the whole content."""
        self.file = file
        self.text = text
        ends = [(end.start(), end.end()) for end in _LINE_END.finditer(text)]
        self._starts = [0, *(after for _, after in ends)]
        self._ends = [*(before for before, _ in ends), len(text)]

    def position(self, offset: int) -> tuple[int, int]:
        """Give line and column, both from 1, of a character offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """Give a line without its end."""
        return self.text[self._starts[number - 1] : self._ends[number - 1]]

    def problem(self, start: int, message: str, *, end: int = 0, **say: Unpack[Say]) -> ConfigProblem:
        """Say what is wrong at a character offset; the caret underlines up to `end` or the line's end."""
        line, column = self.position(min(start, len(self.text)))
        content = self.line(line)
        return ConfigProblem(
            file=self.file,
            line=line,
            column=column,
            message=without_secrets(message),
            source=shown_line([self.line(each) for each in range(1, line + 1)], line),
            width=max(1, min(end - start, len(content) - column + 1)),
            **say,
        )


@dataclass(frozen=True, slots=True)
class Document:
    """A readable file: its text and its tree."""

    source: Source
    root: Node

    def at(self, path: Path) -> Node:
        """Follow a path; parts the file has no node for are skipped, so a missing key gives its mapping."""
        return self._walk(path)[1]

    def place(self, path: Path) -> str:
        """Write a path as people do: `rules[0].when.theme`."""
        real = self._walk(path)[0]
        shown = "".join(f"[{part}]" if isinstance(part, int) else f".{shown_key(part)}" for part in real)
        return shown.removeprefix(".")

    def location(self, path: Path) -> str:
        """Give file:line of the value at a path."""
        return f"{self.source.file}:{self.source.position(self.at(path).start)[0]}"

    def problem(self, path: Path, message: str, *, at_key: bool = False, **say: Unpack[Say]) -> ConfigProblem:
        """Say what is wrong with the value at a path, or with its key; place and what was found are added."""
        real, node = self._walk(path)
        spot: Node = node
        if at_key and real and isinstance(real[-1], str):
            parent = self._walk(real[:-1])[1]
            spot = parent.keys[real[-1]] if isinstance(parent, Mapping) else node
        say.setdefault("key", self.place(path))
        end = spot.end if isinstance(spot, Scalar) else spot.start + 1
        if at_key:
            return self.source.problem(spot.start, message, end=end, **say)
        problem = self.source.problem(spot.start, message, end=end, **say)
        keys = [part for part in real if isinstance(part, str)]
        if any(map(is_secret, keys)):
            return replace(problem, source=f"{problem.source[: problem.column - 1]}{HIDDEN}", width=1)
        return problem if "found" in say else replace(problem, found=describe(node, keys))

    def _walk(self, path: Path) -> tuple[Path, Node]:
        real: list[str | int] = []
        node = self.root
        for part in path:
            below = child(node, part)
            if below is not None:
                node = below
                real.append(part)
        return tuple(real), node


def plain(node: Node) -> object:
    """Give the node as dicts, lists and plain values, without its places."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key: plain(item) for key, item in node.items.items()}


def describe(node: Node, keys: Iterable[str]) -> str | None:
    """Name what was found at a path of keys, for a message; None where it may not be shown."""
    if isinstance(node, Sequence):
        return "a list"
    if isinstance(node, Mapping):
        return "a mapping (key: value)"
    if node.value is None:
        return "nothing"
    text = shown_value(keys, node.text)
    if text is None:
        return None
    text = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
    return f'the text "{text}"' if isinstance(node.value, str) else text


def child(node: Node, part: str | int) -> Node | None:
    """Give what a node has under a key or at a place in its list, or None."""
    if isinstance(node, Mapping) and isinstance(part, str):
        return node.items.get(part)
    if isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
        return node.items[part]
    return None
