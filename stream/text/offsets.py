"""From bytes of folded text back to characters of the source."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, groupby
from typing import Protocol
from unicodedata import combining

from stream.text.letters import FoldTable

_TABLE_ENTRIES = 30_000
# Han and Hiragana that fold to themselves, each a word of three bytes.
_RUN = re.compile("[\u3041-\u3096\u3400-\u4dbf\u4e00-\u9fff]+")
_PIECE = re.compile(f"{_RUN.pattern}|[^ \u3041-\u3096\u3400-\u4dbf\u4e00-\u9fff]+| ")

Shape = tuple[int, bool, bool]  # bytes that a character folds to; whether the first, the last is a space


def cut(source: str) -> tuple[list[str], bool]:
    """Cut a source into pieces that fold apart: at spaces; or, with False, also around Han and Hiragana."""
    return (_PIECE.findall(source), False) if _RUN.search(source) else (source.split(" "), True)


def is_run(piece: str) -> bool:
    """Tell a piece of Han or Hiragana from the others of `cut`."""
    return _RUN.match(piece) is not None


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

    __slots__ = ("_chars", "_gap", "_pieces", "_shapes", "_source", "_starts", "_stretches")

    def __init__(self, source: str, words: Sequence[bytes], shapes: "ShapeTable") -> None:
        """Linear; `words` are what the pieces of the source (`cut`) folded to, with a space after each."""
        self._source = source
        self._shapes = shapes
        self._stretches: dict[int, _Stretches] = {}
        self._pieces, is_spaced = cut(source)
        self._gap = int(is_spaced)  # characters between two pieces
        self._starts = list(accumulate(map(len, words), initial=1))
        self._chars = list(accumulate(map(len, self._pieces), initial=0))  # without the gaps

    def span(self, start: int, end: int) -> tuple[int, int]:
        """See `OffsetMap`."""
        return self._char(start), _past_marks(self._source, self._char(end - 1) + 1)

    def _char(self, byte: int) -> int:
        at = bisect_right(self._starts, byte) - 1
        inside = byte - self._starts[at]
        if not self._gap and is_run(self._pieces[at]):
            return self._chars[at] + inside // 4  # three bytes and a space
        stretches = self._stretches.get(at)
        if stretches is None:
            stretches = self._stretches[at] = _Stretches(self._pieces[at], self._shapes)
        return self._chars[at] + at * self._gap + stretches.char(inside)


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
