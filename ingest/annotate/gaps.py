"""The words between two mentions of a sentence, cut once, with what they may need read."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from ingest.annotate.words import WordTable

_TAIL_WORDS = 16  # more than any reading looks ahead


class Gap(Struct, frozen=True, gc=False):
    """The words and marks of a gap: `words` in lower case, `written` as the text has them.

    `marks` are the bits (`Cues.marks`) of all its words together.
    """

    words: Sequence[str]
    written: Sequence[str]
    marks: int


NOTHING = Gap((), (), 0)


def read_gap(part: str, table: WordTable, *, has_case: bool) -> Gap:
    """Cut what stands between two mentions; without `has_case` capitals are not told from small letters."""
    return _read(part.split(), table, has_case=has_case)


def read_tail(part: str, table: WordTable, *, has_case: bool) -> Gap:
    """Cut what stands behind the last mention: some words decide all, of the rest whether it has a comma."""
    pieces = part.split(maxsplit=_TAIL_WORDS)
    has_comma = len(pieces) > _TAIL_WORDS and "," in pieces.pop()
    return _read([*pieces, ","] if has_comma else pieces, table, has_case=has_case)


def _read(pieces: Iterable[str], table: WordTable, *, has_case: bool) -> Gap:
    written: list[str] = []
    words: list[str] = []
    marks = 0
    for piece in pieces:
        as_written, lowered, bits = table[piece]
        written += as_written
        words += lowered
        marks |= bits
    return Gap(words, written if has_case else words, marks)
