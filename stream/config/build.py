"""Turn the parser's events into nodes, refusing what a configuration has no use for."""

import re
from dataclasses import dataclass, field
from typing import Unpack

from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from stream.config.node import Mapping, Node, Scalar, Sequence, Source
from stream.config.problem import ConfigProblem, Say
from stream.config.secrecy import shown_key

DEEPEST = 50
MOST_NODES = 100_000
MOST_PROBLEMS = 100
_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")


class StopReadingError(Exception):
    """The file is past a limit; what it is stands among the problems."""


@dataclass(slots=True)
class _Open:
    """A collection being filled; `key` waits for its value, `is_dropped` says the value has no place."""

    node: Mapping | Sequence
    key: Scalar | None = None
    is_dropped: bool = False


@dataclass(slots=True)
class Builder:
    """Feed it events in order; then `root` is the tree and `problems` what was refused."""

    source: Source
    root: Node | None = None
    problems: list[ConfigProblem] = field(default_factory=list)
    _open: list[_Open] = field(default_factory=list)
    _count: int = 0

    def feed(self, event: Event) -> None:
        """Take the next event. Raises StopReadingError past 50 levels, 100,000 values or 100 problems."""
        if isinstance(event, NodeEvent):
            self._count += 1
            if self._count > MOST_NODES:
                self._stop(event.start_mark.index, f"the file holds more than {MOST_NODES:,} values")
            if event.anchor or isinstance(event, AliasEvent):
                self._refuse_anchor(event.start_mark.index)
            self._add(event)
        elif isinstance(event, CollectionEndEvent):
            self._open.pop()

    def _add(self, event: NodeEvent) -> None:
        if isinstance(event, ScalarEvent):
            self._place(self._scalar(event))
        elif isinstance(event, CollectionStartEvent):
            self._begin(event)
        else:
            self._place(Scalar(event.start_mark.index, event.end_mark.index, "", is_plain=True))

    def _begin(self, event: CollectionStartEvent) -> None:
        start = event.start_mark.index
        if event.tag:
            self._refuse_tag(start)
        node = Mapping(start) if isinstance(event, MappingStartEvent) else Sequence(start)
        is_key = self._is_at_key
        self._place(node)
        self._open.append(_Open(node))
        if is_key:
            self._problem(start, "a list or mapping cannot be a key", wanted="a word")
        if len(self._open) > DEEPEST:
            self._stop(start, f"the file is nested more than {DEEPEST} levels deep")

    @property
    def _is_at_key(self) -> bool:
        top = self._open[-1] if self._open else None
        return top is not None and isinstance(top.node, Mapping) and top.key is None and not top.is_dropped

    def _scalar(self, event: ScalarEvent) -> Scalar:
        start, end = event.start_mark.index, event.end_mark.index
        if event.tag:
            self._refuse_tag(start)
        if event.style == '"' and _HALF_A_CHARACTER.search(event.value):  # an escape: text holds none
            self._problem(start, "half of a surrogate pair is no character", wanted="\\U and 8 digits")
            return Scalar(start, end, "", is_plain=False)
        return Scalar(start, end, event.value, is_plain=not event.style)

    def _place(self, node: Node) -> None:
        """Put a node where it belongs: at the top, in a list, as a key, or as the value of the last key."""
        if not self._open:
            self.root = node
            return
        top = self._open[-1]
        if isinstance(top.node, Sequence):
            top.node.items.append(node)
        elif top.is_dropped:
            top.is_dropped = False
        elif top.key is None:
            self._begin_entry(top, top.node, node)
        else:
            top.node.items[top.key.text] = node
            top.key = None

    def _begin_entry(self, top: _Open, mapping: Mapping, key: Node) -> None:
        if not isinstance(key, Scalar):
            top.is_dropped = True
            return
        first = mapping.keys.get(key.text)
        if first is None:
            mapping.keys[key.text] = top.key = key
            return
        top.is_dropped = True
        line = self.source.position(first.start)[0]
        self._problem(
            key.start,
            f'the key "{shown_key(key.text)}" stands here a second time, first on line {line}',
            end=key.end,
            wanted="each key once",
        )

    def _refuse_anchor(self, start: int) -> None:
        self._problem(
            start,
            "anchors (&name) and aliases (*name) are not used here",
            wanted="the value itself",
            suggestion="a text that begins with & or * needs quotes",
        )

    def _refuse_tag(self, start: int) -> None:
        self._problem(
            start,
            "tags (!name) are not used here",
            wanted="the value alone",
            suggestion="a text that begins with ! needs quotes",
        )

    def _problem(self, start: int, message: str, *, end: int = 0, **say: Unpack[Say]) -> None:
        self.problems.append(self.source.problem(start, message, end=end, **say))
        if len(self.problems) >= MOST_PROBLEMS:
            raise StopReadingError

    def _stop(self, start: int, message: str) -> None:
        self._problem(start, message)
        raise StopReadingError
