"""The words of a text as the readings want them, each cut and lowered once and then remembered."""

import re
from collections.abc import Mapping

_TOKEN = re.compile(r"[^\W_]+(?:[’'.][^\W_]+)*|[^\w\s]")
_ENTRIES = 10_000  # about 4 MB
_LONGEST = 40

Words = tuple[tuple[str, ...], tuple[str, ...], int]
"""Words and marks as they are written; the same in lower case; the bits of all of them together."""


class WordTable(dict[str, Words]):
    """What each piece between two spaces holds; filled as pieces are met, and bounded.

    News has few pieces that were not met before, and looking one up costs a tenth of cutting it.
    """

    def __init__(self, marks: Mapping[str, int]) -> None:
        """`marks` are the bits of words (`Cues.marks`)."""
        super().__init__()
        self._marks = marks

    def __missing__(self, piece: str) -> Words:
        written = (piece,) if piece.isalnum() else tuple(_TOKEN.findall(piece))
        lowered = tuple(map(str.lower, written))
        bits = 0
        for word in lowered:
            bits |= self._marks.get(word, 0)
        words = written, written if lowered == written else lowered, bits
        if len(piece) <= _LONGEST:
            if len(self) >= _ENTRIES:
                self.clear()  # fills again with what is read now
            self[piece] = words
        return words
