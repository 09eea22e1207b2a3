"""From bytes of folded text back to characters of the source."""

from bisect import bisect_right
from itertools import accumulate, groupby
from unicodedata import combining

from stream.text.letters import FoldTable

_TABLE_ENTRIES = 30_000

Shape = tuple[int, bool, bool]  # bytes that a character folds to; whether the first, the last is a space


class OffsetMap:
    """Where each stretch of folded bytes came from; within a stretch every character is as many bytes."""

    __slots__ = ("_chars", "_source", "_starts", "_widths")

    def __init__(self, source: str) -> None:
        """An empty map, for the two that fill it."""
        self._source = source
        self._starts: list[int] = []
        self._chars: list[int] = []
        self._widths: list[int] = []

    @classmethod
    def of_bytes(cls, source: str, letters: bytes) -> "OffsetMap":
        """Map a source of which each character became one byte of `letters`: only runs of spaces matter."""
        made = cls(source)
        pieces = letters.split(b"  ")  # a third of the cost of looking for the runs
        if b"   " not in letters and letters[:1] != b" ":  # no piece begins or ends with a space
            made._starts = list(accumulate([len(piece) + 1 for piece in pieces], initial=1))
            made._chars = list(accumulate([len(piece) + 2 for piece in pieces], initial=0))
            made._widths = [1] * len(made._starts)
            return made
        add_start, add_char = made._starts.append, made._chars.append
        byte, char = 1, 0
        for piece in pieces:
            words = piece.strip()
            if words:
                add_start(byte)
                add_char(char + len(piece) - len(piece.lstrip()))
                byte += len(words) + 1
            char += len(piece) + 2
        made._widths = [1] * len(made._starts)
        return made

    @classmethod
    def of_characters(cls, source: str, shapes: "ShapeTable") -> "OffsetMap":
        """Map any source: linear, a stretch for each run of characters of one shape."""
        made = cls(source)
        byte, char, is_after_space = 1, 0, True  # the folded text begins with a space of its own
        for (width, is_space_first, is_space_last), run in groupby(source, shapes.__getitem__):
            count = len(list(run))
            if width:
                byte += is_space_first and not is_after_space
                step = width - (is_space_first and is_space_last)  # two neighbours share one space
                if step:
                    made._starts.append(byte)
                    made._chars.append(char)
                    made._widths.append(step)
                byte += step * count - (is_space_first and not is_space_last)
                is_after_space = is_space_last
            char += count
        return made

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map a byte span of the folded text; the end takes in combining marks that were dropped."""
        starts, chars, widths, source = self._starts, self._chars, self._widths, self._source
        at = bisect_right(starts, start) - 1
        first = chars[at] + (start - starts[at]) // widths[at]
        if at + 1 < len(starts) and end > starts[at + 1]:
            at = bisect_right(starts, end - 1) - 1
        last = chars[at] + (end - 1 - starts[at]) // widths[at] + 1
        while last < len(source) and combining(source[last]):
            last += 1
        return first, last


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
