"""Find the many forms of names: only the stems that forms share are compiled, the forms are looked up.

Endings and proclitics make ten forms and more of a name, and compiling costs more than linear time: an
automaton of 34,000 Korean forms took half a second, one of their 650 stems takes a fiftieth of it. A stem is
looked for with one side open; what the word really is where it stands is a look-up. So every form is found,
and nothing else.
"""

from collections.abc import Iterable, Sequence
from itertools import chain

from stream.text.terms import TermIndex

_FEWEST = 3_000  # forms for which it pays
_SHORTEST = 6  # bytes of a stem with its space: shorter ones stand in too many other words
_REACH = 64  # bytes that a form may be longer than its stem

Hit = tuple[int, int, int]
"""Start, minus the end, place in the forms: they sort leftmost first and longest first."""


class FormIndex:
    """Finds forms: folded terms (`fold_term`), with a space on either side or, glued to others, on none."""

    def __init__(self, forms: Sequence[bytes]) -> None:
        """Compile; a `Hit` names a form by its place in `forms`, which must be distinct."""
        self._places = {form: place for place, form in enumerate(forms)}
        stems, covered, self._is_left_open = _choose(forms if len(forms) >= _FEWEST else ())
        closed = [form for form in forms if form not in covered]
        self._closed = [(self._places[form], form.endswith(b" "), len(form.strip())) for form in closed]
        opened = [stem[1:] if self._is_left_open else stem[:-1] for stem in stems]
        self._widths = [len(stem) for stem in opened]
        self._index = TermIndex([*closed, *opened])

    def place(self, form: bytes) -> int:
        """Where a form stands; KeyError for one that is not there."""
        return self._places[form]

    def places(self, forms: Iterable[bytes]) -> list[int]:
        """Where those of the forms stand that are there."""
        return [self._places[form] for form in forms if form in self._places]

    def scan(self, data: bytes) -> list[Hit]:
        """Every hit in folded bytes, sorted."""
        closed = self._closed
        hits: list[Hit] = []
        for literal, seen in self._index.ends(data):
            if literal < len(closed):
                place, is_spaced, width = closed[literal]
                end = seen - is_spaced
                hits.append((end - width, -end, place))
                continue
            found = self._word(data, seen, self._widths[literal - len(closed)])
            if found:
                hits.append(found)
        hits.sort()
        return hits

    def _word(self, data: bytes, seen: int, width: int) -> Hit | None:
        """The form that a stem which ends at `seen` is part of."""
        first, last = seen - width, seen - 1
        if self._is_left_open:
            first = data.rfind(b" ", max(0, first - _REACH), first)
        else:
            last = data.find(b" ", seen, seen + _REACH)
        place = self._places.get(data[first : last + 1]) if first >= 0 <= last else None
        return None if place is None else (first + 1, -last, place)


def _choose(forms: Sequence[bytes]) -> tuple[list[bytes], frozenset[bytes], bool]:
    """Stems, the forms that they stand for (themselves too), and whether these differ at their left."""
    spaced = [form for form in forms if form.endswith(b" ")]
    by_ending, by_beginning = _stems(spaced), _stems([form[::-1] for form in spaced])
    is_left_open = _count(by_beginning) > _count(by_ending)
    chosen = by_beginning if is_left_open else by_ending
    if _count(chosen) * 3 < len(forms):
        return (
            [],
            frozenset(),
            False,
        )  # each open stem costs look-ups: where few forms share one it is not worth it
    if is_left_open:
        chosen = {stem[::-1]: [form[::-1] for form in more] for stem, more in chosen.items()}
    return list(chosen), frozenset(chain(chosen, *chosen.values())), is_left_open


def _count(stems: dict[bytes, list[bytes]]) -> int:
    return sum(map(len, stems.values()))


def _stems(forms: Iterable[bytes]) -> dict[bytes, list[bytes]]:
    """Each form that others of as many words begin with, and these; all end in a space."""
    found: dict[bytes, list[bytes]] = {}
    open_forms: list[bytes] = []  # those which the next one may begin with
    for form in sorted(form[:-1] for form in forms):
        while open_forms and not form.startswith(open_forms[-1]):
            open_forms.pop()
        stem = open_forms[-1] if open_forms else b""
        more = len(form) - len(stem)
        if len(stem) >= _SHORTEST and more < _REACH and b" " not in form[len(stem) :]:
            found.setdefault(stem + b" ", []).append(form + b" ")
        else:
            open_forms.append(form)
    return found
