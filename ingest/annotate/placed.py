"""Tell whether a name is written as the place where something is: "Umman'da", "ओमान में", "在阿曼"."""

import re
from collections.abc import Callable
from functools import lru_cache

from ingest.annotate.cues import Cues

_LONGEST = 4  # letters before a name, at most
_REMEMBERED = 4096  # forms, each looked at once
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u309f\u3400-\u9fff]\Z")


class Placed:
    """What one language glues to a name, or sets behind it, to say "in"; most need none for a preposition."""

    def __init__(self, cues: Cues, is_name: Callable[[str], bool]) -> None:
        """`is_name` tells whether what is left of a form is a name: "Kanada" is no "Kana" with "da"."""
        self._before = tuple(cues.in_before)
        self._not_before = tuple(cues.not_in_before)
        self._after = tuple(cues.in_after)
        self._is_name = is_name
        ends = (re.escape(mark) + ("" if _UNSPACED.search(mark) else r"(?!\w)") for mark in self._after)
        self._behind = re.compile("|".join(ends) or r"(?!)")
        self._is_inside = lru_cache(_REMEMBERED)(self._look_inside)

    def __bool__(self) -> bool:
        return bool(self._before or self._after)

    def holds(self, text: str, start: int, end: int) -> bool:
        """Tell it of the name `text[start:end]`, which may have the letters inside or beside it."""
        if self._after and self._behind.match(text, end):
            return True
        if self._before and self._stands_before(text[max(0, start - _LONGEST) : start]):
            return True
        return self._is_inside(text[start:end])

    def _stands_before(self, letters: str) -> bool:
        return letters.endswith(self._before) and not letters.endswith(self._not_before)

    def _look_inside(self, written: str) -> bool:
        rests = [written.removesuffix(mark) for mark in self._after if written.endswith(mark)]
        rests += [written.removeprefix(mark) for mark in self._before if written.startswith(mark)]
        return any(self._is_name(rest) for rest in rests)
