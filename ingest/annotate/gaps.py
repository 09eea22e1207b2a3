"""The words between two mentions of a sentence, cut once, with what they may need read."""

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

_TOKEN = re.compile(r"[^\W_]+(?:[’'.][^\W_]+)*|[^\w\s]")


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
    spaced = part
    if "," in part or ". " in part:
        spaced = part.replace(",", " , ").replace(". ", " . ")
        is_plain = spaced.replace(" , ", "").replace(" . ", "").replace(" ", "").isalnum()
    else:
        is_plain = part.replace(" ", "").isalnum()
    if is_plain:  # nothing but words, commas and stops: cutting at spaces is three times as fast
        written, words = spaced.split(), spaced.lower().split()
    else:
        written = _TOKEN.findall(part)
        words = "\n".join(written).lower().split("\n") if written else []
    together = 0
    for word in words:
        if word in marks:
            together |= marks[word]
    return Gap(words, written if has_case else words, together)
