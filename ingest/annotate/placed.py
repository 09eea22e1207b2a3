"""Tell whether a name is written as the place where something is: "Umman'da", "ओमान में", "在阿曼"."""

import re
from collections.abc import Callable, Iterable

_LONGEST = 4  # letters before a name, at most
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u309f\u3400-\u9fff]\Z")


class Placed:
    """What one language glues to a name, or sets behind it, to say "in"; most need none for a preposition."""

    def __init__(self, before: Iterable[str], after: Iterable[str], is_name: Callable[[str], bool]) -> None:
        """`is_name` tells whether what is left of a form is a name: "Kanada" is no "Kana" with "da"."""
        self._before = tuple(before)
        self._after = tuple(after)
        self._is_name = is_name
        ends = (re.escape(mark) + ("" if _UNSPACED.search(mark) else r"(?!\w)") for mark in self._after)
        self._behind = re.compile("|".join(ends) or r"(?!)")
        self._known: dict[str, bool] = {}

    def __bool__(self) -> bool:
        return bool(self._before or self._after)

    def holds(self, text: str, start: int, end: int) -> bool:
        """Tell it of the name `text[start:end]`, which may have the letters inside or beside it."""
        if self._after and self._behind.match(text, end):
            return True
        if self._before and text[max(0, start - _LONGEST) : start].endswith(self._before):
            return True
        written = text[start:end]
        known = self._known.get(written)
        if known is None:
            known = self._known[written] = self._is_inside(written)
        return known

    def _is_inside(self, written: str) -> bool:
        rests = [written.removesuffix(mark) for mark in self._after if written.endswith(mark)]
        rests += [written.removeprefix(mark) for mark in self._before if written.startswith(mark)]
        return any(self._is_name(rest) for rest in rests)
