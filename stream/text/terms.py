"""Find many terms in a folded text in one pass: one automaton over all distinct terms."""

from collections.abc import Sequence

import hyperscan

from stream.text.fold import Folded


class TermIndex:
    """An immutable automaton over folded terms (`fold_term`); a hit names a term by its place in `terms`.

    Measured on 2.4 KB: 11 µs at 10,000 terms, 45 µs at 100,000. Scans from any number of threads at once,
    without the GIL between hits.
    """

    def __init__(self, terms: Sequence[bytes]) -> None:
        """Compile; 10,000 terms take about half a second. Raises ValueError for blank or repeated terms."""
        if len(set(terms)) != len(terms):
            raise ValueError("terms must be distinct")
        if any(not term.strip() for term in terms):
            raise ValueError("a term must hold a letter or a digit")
        self._terms = terms
        self._is_empty = not terms
        self._scratches: list[hyperscan.Scratch] = []  # idle ones: two scans at once must not share one
        if terms:
            self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
            self._database.compile(
                expressions=list(terms),
                ids=list(range(len(terms))),
                elements=len(terms),
                flags=0,
                literal=True,
            )

    def scan(self, folded: Folded) -> list[tuple[int, int, int]]:
        """Return every hit as (term, start, end), bytes of `folded.data` without the padding spaces.

        Hits come in the order of their ends; that of a term with `*` reaches to the end of its word.
        """
        data = folded.data
        return [(term, *self.bounds(term, end, data)) for term, end in self.ends(data)]

    def ends(self, data: bytes) -> list[tuple[int, int]]:
        """Return every hit in folded bytes as (term, where it was seen to end): enough for most articles."""
        if self._is_empty:
            return []
        ends: list[tuple[int, int]] = []
        add = ends.append

        def on_match(term: int, _start: int, end: int, _flags: int, _context: object) -> None:
            add((term, end))

        try:
            scratch = self._scratches.pop()
        except IndexError:
            scratch = self._database.scratch.clone()
        self._database.scan(data, match_event_handler=on_match, scratch=scratch)
        self._scratches.append(scratch)
        return ends

    def bounds(self, term: int, end: int, data: bytes) -> tuple[int, int]:
        """Start and end of a hit of `ends`, as `scan` would give them."""
        return bounds(self._terms[term], end, data)


def bounds(term: bytes, end: int, data: bytes) -> tuple[int, int]:
    """Where a folded term seen to end at `end` stands, without its spaces; with `*` its whole word."""
    width = len(term.strip(b" "))
    if term.endswith(b" "):
        return end - width - 1, end - 1
    return end - width, data.index(b" ", end)
