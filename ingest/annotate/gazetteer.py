"""The names of one language: a compiled automaton, and what each of its terms means."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Literal, get_args

from msgspec import Struct

from ingest.annotate.forms import FormIndex, Hit
from stream.text.fold import fold_term, fold_terms

Kind = Literal["N", "A", "P", "C", "O", "L", "G", "X", "B", "S", "T", "D", "V", "E"]
"""Country name, adjective, people, capital, organisation, leader, place, blocked phrase; and words that
name none: one that points back at a pair of countries, one of sport only, one of sport among others,
one of an accident, an illness or the arts, one of affairs of state,
one that is only evidence for an ambiguous name."""


_KINDS: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}
_BLANK = frozenset((b"", b" "))

ANY, CAPITAL, CLOSE = range(3)
"""How a term must be written: anyhow, with no small letter first, or as `is_written` says of each meaning."""


class Years(Struct, frozen=True, gc=False):
    """When somebody served: first and last year of each term; an open term ends in 9999."""

    terms: tuple[tuple[int, int], ...]

    def holds(self, on: date) -> bool:
        """Tell whether a day falls in a term, give or take a year (elections, transitions, obituaries)."""
        return any(first - 1 <= on.year <= last + 1 for first, last in self.terms)

    @property
    def last(self) -> int:
        """The last year of the last term."""
        return max(last for _, last in self.terms)


class Meaning(Struct, frozen=True, gc=False):
    """What a term stands for: countries, how it must be written, and when it held.

    `flags`: "u" all capitals, "t" starts with a capital, "h" a hyphen follows, "w" needs other evidence,
    "g" may stand glued to other letters, where a space was lost.
    """

    term: str
    kind: Kind
    codes: tuple[str, ...]
    flags: str = ""
    years: Years | None = None


class Gazetteer:
    """All terms of one language. Building compiles the automaton: some tenths of a second."""

    def __init__(self, language: str, meanings: Iterable[Meaning]) -> None:
        """Compile; several meanings may share one folded term (namesakes)."""
        known = list(meanings)
        by_term: dict[bytes, list[Meaning]] = {}
        for meaning, spaced in zip(known, fold_terms([meaning.term for meaning in known]), strict=True):
            folded = spaced.strip() if "g" in meaning.flags else spaced
            if folded not in _BLANK:
                by_term.setdefault(folded, []).append(meaning)
        self.language = language
        self.meanings = tuple([tuple([m for m in found if m.kind != "E"]) for found in by_term.values()])
        self.shapes = bytes(map(_shape, self.meanings))
        self._forms = FormIndex(list(by_term))

    def place(self, term: str) -> int:
        """Where a term stands in `meanings`; KeyError for one that is not there."""
        return self._forms.place(fold_term(term, self.language))

    def places(self, terms: Iterable[str]) -> frozenset[int]:
        """Where the terms stand in `meanings` that are there, also glued."""
        folded = [fold_term(term, self.language) for term in terms]
        return frozenset(self._forms.places([*folded, *(term.strip() for term in folded)]))

    def scan(self, data: bytes) -> list[Hit]:
        """Every hit in folded bytes, leftmost and longest first; a place is one in `meanings`."""
        return self._forms.scan(data)


def _shape(meanings: tuple[Meaning, ...]) -> int:
    """What the letters of a hit must be for it to have the first of the meanings."""
    if len(meanings) != 1 or meanings[0].kind == "G" or meanings[0].flags.strip("twg"):
        return CLOSE
    return CAPITAL if "t" in meanings[0].flags else ANY


def load(language: str, first: Iterable[Meaning] = (), markers: Iterable[Meaning] = ()) -> Gazetteer:
    """Load the data file of a language: `first` wins over what it says, `markers` only stand beside it.

    FileNotFoundError where we ship none.
    """
    text = files("ingest.annotate").joinpath(f"data/{language}.tsv").read_text(encoding="utf-8")
    return Gazetteer(language, [*first, *(read_row(line) for line in text.splitlines()), *markers])


def read_row(line: str) -> Meaning:
    """Read one line of a data file: term, kind, codes, flags, years."""
    term, kind, codes, flags, years = [*line.split("\t"), "", ""][:5]
    return Meaning(term, _kind(kind), _codes(codes), flags, _years(years) if years else None)


def _kind(letter: str) -> Kind:
    if letter not in _KINDS:
        raise ValueError(f"unknown kind {letter!r}")
    return _KINDS[letter]


@lru_cache(4096)
def _codes(text: str) -> tuple[str, ...]:
    return tuple(text.split())


@lru_cache(4096)
def _years(text: str) -> Years:
    spans = (span.split("-") for span in text.split(","))
    return Years(tuple((int(first), int(last) if last else 9999) for first, last in spans))
