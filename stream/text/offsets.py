"""From bytes of folded text back to characters of the source."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, groupby
from typing import Protocol
from unicodedata import combining

from stream.text.letters import FoldTable

_TABLE_ENTRIES = 30_000
_WORD_ENTRIES = 4_000  # only words with a hit are asked for, and news names the same ones
_LONGEST_WORD = 40
_SPACE = ord(" ")
_FIRST_MARK = "\u0300"
# Han and Hiragana that fold to themselves, each a word of three bytes.
_RUN = re.compile("[\u3041-\u3096\u3400-\u4dbf\u4e00-\u9fff]+")
_PARTS = re.compile(f"( |{_RUN.pattern})")

Shape = tuple[int, bool, bool]  # bytes that a character folds to; whether the first, the last is a space


def cut(source: str) -> tuple[list[str], bool]:
    """Cut a source into pieces that fold apart: at spaces; or, with False, also around Han and Hiragana.

    These and the spaces are then the odd ones of the pieces, see `is_run`.
    """
    return (_PARTS.split(source), False) if _RUN.search(source) else (source.split(" "), True)


def is_run(pieces: Sequence[str], place: int) -> bool:
    """Tell a piece of Han or Hiragana from the others of a `cut` around these."""
    return place % 2 == 1 and pieces[place] != " "


class OffsetMap(Protocol):
    """Leads from folded bytes to the characters they came from."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map a byte span of the folded text; the end takes in combining marks that were dropped."""


class ByteMap:
    """The map of a source of which each character became one byte: only runs of spaces matter."""

    __slots__ = ("_shifts", "_source", "_starts")

    def __init__(self, source: str, pieces: Sequence[bytes]) -> None:
        """`pieces` are the bytes between double spaces, before runs of spaces became one."""
        self._source = source
        starts: list[int] = []  # where each stretch of words starts in the folded text
        shifts: list[int] = []  # how far on it is in the source
        byte, char = 1, 0
        for piece in pieces:
            words, shift = piece, char - byte
            if not piece or piece[0] == _SPACE or piece[-1] == _SPACE:
                words = piece.strip()
                shift += piece.index(words)
            if words:
                starts.append(byte)
                shifts.append(shift)
                byte += len(words) + 1
            char += len(piece) + 2
        self._starts, self._shifts = [*starts, byte], shifts

    def span(self, start: int, end: int) -> tuple[int, int]:
        """See `OffsetMap`."""
        starts, shifts, source = self._starts, self._shifts, self._source
        at = bisect_right(starts, start) - 1
        first = start + shifts[at]
        if end > starts[at + 1]:
            at = bisect_right(starts, end - 1) - 1
        last = end + shifts[at]
        if source[last : last + 1] >= _FIRST_MARK:
            last = _past_marks(source, last)
        return first, last


class WordMap:
    """The map of any source: where its words start in both; inside a word, character by character."""

    __slots__ = ("_chars", "_is_spaced", "_known", "_pieces", "_source", "_starts", "_words")

    def __init__(
        self, source: str, pieces: tuple[Sequence[str], bool], words: Sequence[bytes], known: "WordShapes"
    ) -> None:
        """Linear; `words` are what the pieces of the source (`cut`) folded to, with a space after each."""
        self._source = source
        self._pieces, self._is_spaced = pieces
        self._known = known
        self._words: dict[int, WordShape] = {}
        self._starts = list(accumulate(map(len, words), initial=1))
        gap = int(self._is_spaced)  # characters between two pieces
        self._chars = list(accumulate([len(piece) + gap for piece in self._pieces], initial=0))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """See `OffsetMap`."""
        starts, source = self._starts, self._source
        at = bisect_right(starts, start) - 1
        first = self._char(at, start - starts[at])
        if end > starts[at + 1]:
            at = bisect_right(starts, end - 1) - 1
        last = self._char(at, end - 1 - starts[at]) + 1
        if source[last : last + 1] >= _FIRST_MARK:
            last = _past_marks(source, last)
        return first, last

    def _char(self, at: int, inside: int) -> int:
        """The character that a byte inside a piece came from."""
        if not self._is_spaced and is_run(self._pieces, at):
            return self._chars[at] + inside // 4  # three bytes and a space
        word = self._words.get(at)
        if word is None:
            word = self._words[at] = self._known[self._pieces[at]]
        return self._chars[at] + word.char(inside)


class WordShape:
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


class WordShapes(dict[str, WordShape]):
    """The shape of each word; filled as words are met, and bounded."""

    def __init__(self, table: FoldTable) -> None:
        super().__init__()
        self._shapes = ShapeTable(table)

    def __missing__(self, word: str) -> WordShape:
        shape = WordShape(word, self._shapes)
        if len(word) <= _LONGEST_WORD:
            if len(self) >= _WORD_ENTRIES:
                self.clear()
            self[word] = shape
        return shape
