"""The words between two mentions of a sentence, cut once, with what they may need read."""

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

_TOKEN = re.compile(r"[^\W_]+(?:[’'.][^\W_]+)*|[^\w\s]")
_TAIL_WORDS = 16  # more than any reading looks ahead
_MARKS = frozenset(",.;:!?\"'()[]“”‘’«»„–—-،。、，")


class Gap(Struct, frozen=True, gc=False):
    """The words and marks of a gap: `words` in lower case, `written` as the text has them.

    `marks` are the bits (`Cues.marks`) of all its words together.
    """

    words: Sequence[str]
    written: Sequence[str]
    marks: int


NOTHING = Gap((), (), 0)


def read_gap(part: str, marks: Mapping[str, int], *, has_case: bool) -> Gap:
    """Cut what stands between two mentions; without `has_case` capitals are not told from small letters."""
    return _read(part.split(), marks, has_case=has_case)


def read_tail(part: str, marks: Mapping[str, int], *, has_case: bool) -> Gap:
    """Cut what stands behind the last mention: some words decide all, of the rest whether it has a comma."""
    pieces = part.split(maxsplit=_TAIL_WORDS)
    if len(pieces) <= _TAIL_WORDS:
        return _read(pieces, marks, has_case=has_case)
    comma = [","] if "," in pieces.pop() else []
    gap = _read(pieces, marks, has_case=has_case)
    return Gap([*gap.words, *comma], [*gap.written, *comma], gap.marks)


def _read(pieces: list[str], marks: Mapping[str, int], *, has_case: bool) -> Gap:
    if not pieces:
        return NOTHING
    together = "".join(pieces)
    written = pieces if together.isalnum() else _cut(pieces)
    words = written if together.islower() else "\n".join(written).lower().split("\n")
    bits = 0
    for word in words:
        if word in marks:
            bits |= marks[word]
    return Gap(words, written if has_case else words, bits)


def _cut(pieces: Sequence[str]) -> list[str]:
    """Part words and marks; most pieces are a word, or a word and one mark."""
    cut: list[str] = []
    for piece in pieces:
        if piece.isalnum():
            cut.append(piece)
        elif piece[-1] in _MARKS and piece[:-1].isalnum():
            cut += (piece[:-1], piece[-1])
        else:
            cut += _TOKEN.findall(piece)
    return cut
