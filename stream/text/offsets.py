"""From bytes of folded text back to characters of the source."""

import re
from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate, groupby
from typing import Protocol
from unicodedata import combining

from stream.text.letters import FoldTable

_TABLE_ENTRIES = 30_000
# Han and Hiragana that fold to themselves, each a word of three bytes; cut short, so that a map inside is.
_RUN = re.compile("[\u3041-\u3096\u3400-\u4dbf\u4e00-\u9fff]{1,16}")
_PIECE = re.compile(f"{_RUN.pattern}|[^ \u3041-\u3096\u3400-\u4dbf\u4e00-\u9fff]+| ")

Shape = tuple[int, bool, bool]  # bytes that a character folds to; whether the first, the last is a space


class OffsetMap(Protocol):
    """Leads from folded bytes to the characters they came from."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map a byte span of the folded text; the end takes in combining marks that were dropped."""


class ByteMap:
    """The map of a source of which each character became one byte: only runs of spaces matter."""

    __slots__ = ("_chars", "_source", "_starts")

    def __init__(self, source: str, letters: bytes) -> None:
        """`letters` are the bytes, before runs of spaces became one."""
        pieces = letters.split(b"  ")  # a third of the cost of looking for the runs
        self._source = source
        self._starts: list[int] = []  # where each stretch of words starts in the folded text
        self._chars: list[int] = []  # and in the source
        if b"   " not in letters and letters[:1] != b" ":  # no piece begins or ends with a space
            self._starts = list(accumulate([len(piece) + 1 for piece in pieces], initial=1))
            self._chars = list(accumulate([len(piece) + 2 for piece in pieces], initial=0))
            return
        byte, char = 1, 0
        for piece in pieces:
            words = piece.strip()
            if words:
                self._starts.append(byte)
                self._chars.append(char + len(piece) - len(piece.lstrip()))
                byte += len(words) + 1
            char += len(piece) + 2

    def span(self, start: int, end: int) -> tuple[int, int]:
        """See `OffsetMap`."""
        starts, chars = self._starts, self._chars
        at = bisect_right(starts, start) - 1
        first = chars[at] + start - starts[at]
        if at + 1 < len(starts) and end > starts[at + 1]:
            at = bisect_right(starts, end - 1) - 1
        return first, _past_marks(self._source, chars[at] + end - starts[at])


class WordMap:
    """The map of any source: where its words start in both; inside a word, character by character."""

    __slots__ = ("_chars", "_pieces", "_shapes", "_source", "_starts", "_stretches")

    def __init__(self, source: str, fold_word: Callable[[str], bytes], shapes: "ShapeTable") -> None:
        """Linear; `fold_word` gives the folded bytes of a word, without spaces at the ends."""
        self._source = source
        self._shapes = shapes
        self._stretches: dict[int, _Stretches] = {}
        if _RUN.search(source):
            self._pieces = _PIECE.findall(source)
            folded = [
                _run_bytes(piece) if _RUN.match(piece) else len(fold_word(piece)) for piece in self._pieces
            ]
            self._chars = list(accumulate(map(len, self._pieces), initial=0))
        else:
            self._pieces = source.split(" ")
            folded = [len(word) for word in map(fold_word, self._pieces)]
            self._chars = list(accumulate([len(piece) + 1 for piece in self._pieces], initial=0))
        self._starts = list(accumulate([width + 1 if width else 0 for width in folded], initial=1))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """See `OffsetMap`."""
        return self._char(start), _past_marks(self._source, self._char(end - 1) + 1)

    def _char(self, byte: int) -> int:
        at = bisect_right(self._starts, byte) - 1
        inside = byte - self._starts[at]
        stretches = self._stretches.get(at)
        if stretches is None:
            stretches = self._stretches[at] = _Stretches(self._pieces[at], self._shapes)
        return self._chars[at] + stretches.char(inside)


class _Stretches:
    """Where each stretch of a word's folded bytes came from; inside one all characters are as many bytes."""

    __slots__ = ("_chars", "_starts", "_widths")

    def __init__(self, word: str, shapes: "ShapeTable") -> None:
        """Linear, a stretch for each run of characters of one shape."""
        self._starts: list[int] = []
        self._chars: list[int] = []
        self._widths: list[int] = []
        byte, char, is_after_space = 0, 0, True
        for (width, is_space_first, is_space_last), run in groupby(word, shapes.__getitem__):
            count = len(list(run))
            if width:
                byte += is_space_first and not is_after_space
                step = width - (is_space_first and is_space_last)  # two neighbours share one space
                if step:
                    self._starts.append(byte)
                    self._chars.append(char)
                    self._widths.append(step)
                byte += step * count - (is_space_first and not is_space_last)
                is_after_space = is_space_last
            char += count

    def char(self, byte: int) -> int:
        """The character that a byte came from."""
        stretch = bisect_right(self._starts, byte) - 1
        return self._chars[stretch] + (byte - self._starts[stretch]) // self._widths[stretch]


def _run_bytes(run: str) -> int:
    return 4 * len(run) - 1  # three bytes and a space each, none after the last


def _past_marks(source: str, end: int) -> int:
    while end < len(source) and combining(source[end]):
        end += 1
    return end


class ShapeTable(dict[str, Shape]):
    """The shape of each character; filled as characters are met, and bounded."""

    def __init__(self, table: FoldTable) -> None:
        super().__init__()
        self._table = table
        self._shapes: dict[Shape, Shape] = {}  # one object for equal shapes: runs are compared by identity

    def __missing__(self, char: str) -> Shape:
        folded = self._table[ord(char)]
        shape = len(folded.encode()), folded[:1] == " ", folded[-1:] == " "
        shape = self._shapes.setdefault(shape, shape)
        if len(self) < _TABLE_ENTRIES:
            self[char] = shape
        return shape
