"""Which labels a trigger carries: words near it that deny, suspend or only imagine what it says.

Kept simple and stated here, because a rule's author must be able to foresee it:

- `denied`, `suspended` and `hypothetical` count with fewer than 8 words to the trigger (16 characters where
  words are not spaced), before or after it, in its sentence, with no semicolon, colon or dash between;
- `past` counts anywhere in the sentence;
- `opinion` counts anywhere in the sentence, and in the title for the whole article;
- a word of the theme itself labels nothing: "freezes assets" is no suspension.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from alerts.match.document import TITLE, Document, Span, Spot
from alerts.match.windows import uncovered
from alerts.watchlist.clauses import Label

REACH_WORDS = 8
REACH_CHARACTERS = 16  # in scripts that fold to one word a character
_REACH_BYTES = 600  # what either reach never exceeds in news, so that few marks are looked at
_MAX_MARKS = 2000  # bounds what a text made of them can cost
_UNSPACED_LANGUAGES = frozenset({"zh", "ja", "th", "lo", "km", "my", "yue"})
_CLAUSE_BREAK = re.compile(r"[;:؛；：—–]")
_NEAR: frozenset[Label] = frozenset({"denied", "suspended", "hypothetical"})


class Mark(NamedTuple):
    """A label's word where it stands."""

    span: Span
    label: Label


class LabelMarks:
    """The marks of one document that say something of a theme."""

    def __init__(self, document: Document, marks: Sequence[Mark], own: Iterable[Span]) -> None:
        """Locate what counts for a whole sentence; what counts nearby is located when asked.

        `marks` in the order of the text; `own` are the words of the theme itself.
        """
        self._document = document
        telling = set(uncovered([mark.span for mark in marks], sorted(own)))
        ordered = [mark for mark in marks if mark.span in telling][:_MAX_MARKS]
        self._near = [mark for mark in ordered if mark.label in _NEAR]
        self._starts = [mark.span.start for mark in self._near]
        self._of_place: dict[int, set[Label]] = {}
        for mark in ordered:
            if mark.label not in _NEAR:
                self._of_place.setdefault(document.locate(mark.span).place, set()).add(mark.label)
        language = document.event.language.partition("-")[0]
        self._reach = REACH_CHARACTERS if language in _UNSPACED_LANGUAGES else REACH_WORDS

    def labels_at(self, trigger: Span, spot: Spot) -> tuple[Label, ...]:
        """The labels of a trigger, sorted."""
        found = set(self._of_place.get(spot.place, ()))
        found.update(self._of_place.get(TITLE, set()) & {"opinion"})
        first = bisect_left(self._starts, trigger.start - _REACH_BYTES)
        last = bisect_left(self._starts, trigger.end + _REACH_BYTES)
        found.update(mark.label for mark in self._near[first:last] if self._is_near(trigger, spot, mark.span))
        return tuple(sorted(found))

    def _is_near(self, trigger: Span, spot: Spot, mark: Span) -> bool:
        before, after = sorted((trigger, mark))
        if after.word - before.last_word >= self._reach:
            return False
        other = self._document.locate(mark)
        if other.place != spot.place:
            return False
        _, start, end, _ = sorted((spot.start, spot.end, other.start, other.end))
        return not _CLAUSE_BREAK.search(self._document.source(spot.field), start, end)
