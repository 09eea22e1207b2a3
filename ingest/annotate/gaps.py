"""The words between two mentions of a sentence, cut once, with what they may need read."""

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

_TOKEN = re.compile(r"[^\W_]+(?:[’'.][^\W_]+)*|[^\w\s]")
_TAIL_CHARS, _TAIL_WORDS = 160, 16  # more words than any reading looks ahead, and what they mostly take
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
    written: list[str] = part.split()
    if not all(map(str.isalnum, written)):
        written = _cut(written)
    lowered = part.lower()
    words = written if lowered == part else "\n".join(written).lower().split("\n")
    together = 0
    for word in words:
        if word in marks:
            together |= marks[word]
    return Gap(words, written if has_case else words, together)


def read_tail(part: str, marks: Mapping[str, int], *, has_case: bool) -> Gap:
    """Cut what stands behind the last mention: some words decide all, of the rest whether it has a comma."""
    near = part[: part.rfind(" ", 0, _TAIL_CHARS)] if len(part) > _TAIL_CHARS else part
    gap = read_gap(near, marks, has_case=has_case)
    if near is part:
        return gap
    if len(gap.words) < _TAIL_WORDS:
        return read_gap(part, marks, has_case=has_case)
    comma = [","] if "," in part[len(near) :] else []
    return Gap([*gap.words, *comma], [*gap.written, *comma], gap.marks)


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
