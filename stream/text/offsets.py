"""From bytes of folded text back to characters of the source."""

import re
import unicodedata
from bisect import bisect_right

from stream.text.letters import FoldTable

# Where folding is not one byte a character: other characters, and runs that collapse to one space.
_IRREGULAR = re.compile(r"[^A-Za-z0-9]{2,}|[^\x00-\x7f]|\A[^A-Za-z0-9]")
_TABLE_ENTRIES = 30_000


class OffsetMap:
    """Where each stretch of folded bytes came from; within a stretch one byte is one character."""

    __slots__ = ("_chars", "_source", "_starts")

    def __init__(self, source: str, starts: list[int], chars: list[int]) -> None:
        """Stretches by their first byte (of equal ones the last holds), and their first characters."""
        self._source = source
        self._starts = starts
        self._chars = [*chars, len(source)]

    @classmethod
    def of_bytes(cls, source: str, letters: bytes) -> "OffsetMap":
        """Map a source of which each character became one byte of `letters`: only runs of spaces matter."""
        starts: list[int] = []
        chars: list[int] = []
        byte, char = 1, 0
        for piece in letters.split(b"  "):  # a third of the cost of looking for the runs
            words = piece.strip()
            if words:
                starts.append(byte)
                chars.append(char + len(piece) - len(piece.lstrip()))
                byte += len(words) + 1
            char += len(piece) + 2
        return cls(source, starts, chars)

    @classmethod
    def of_characters(cls, source: str, shapes: "ShapeTable") -> "OffsetMap":
        """Map any source: a stretch for every irregular character, and for what stands between them."""
        starts: list[int] = []
        chars: list[int] = []
        add_start, add_char = starts.append, chars.append
        byte, done, is_after_space = 1, 0, True  # the folded text begins with a space of its own
        for run in _IRREGULAR.finditer(source):
            if run.start() > done:
                add_start(byte)
                add_char(done)
                byte += run.start() - done
                is_after_space = False
            done = run.end()
            for char, letter in enumerate(run[0], run.start()):
                width, is_space_first, is_space_last = shapes[letter]
                add_start(byte)
                add_char(char)
                if width:
                    byte += width - (is_space_first and is_after_space)
                    is_after_space = is_space_last
        add_start(byte)
        add_char(done)
        return cls(source, starts, chars)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map a byte span of the folded text; the end takes in combining marks that were dropped."""
        first, last = self._char(start), self._char(end - 1) + 1
        while last < len(self._source) and unicodedata.combining(self._source[last]):
            last += 1
        return first, last

    def _char(self, byte: int) -> int:
        stretch = bisect_right(self._starts, byte) - 1
        return min(self._chars[stretch] + byte - self._starts[stretch], self._chars[stretch + 1] - 1)


class ShapeTable(dict[str, tuple[int, bool, bool]]):
    """Character → bytes it folds to, and whether these begin and end with a space; bounded."""

    def __init__(self, table: FoldTable) -> None:
        super().__init__()
        self._table = table

    def __missing__(self, char: str) -> tuple[int, bool, bool]:
        folded = self._table[ord(char)]
        shape = len(folded.encode()), folded[:1] == " ", folded[-1:] == " "
        if len(self) < _TABLE_ENTRIES:
            self[char] = shape
        return shape
