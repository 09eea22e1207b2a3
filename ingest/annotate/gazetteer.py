"""The names of one language: a compiled automaton, and what each of its terms means."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Literal

from stream.text.fold import Folded, fold_term
from stream.text.terms import TermIndex

Kind = Literal["N", "A", "P", "C", "O", "L", "G", "X", "B", "S", "T", "D", "V", "E"]
"""Country name, adjective, people, capital, organisation, leader, place, blocked phrase; and words that
name none: one that points back at a pair of countries, one of sport only, one of sport among others,
one of an accident, an illness or the arts, one of affairs of state,
one that is only evidence for an ambiguous name."""


@dataclass(frozen=True, slots=True)
class Years:
    """When somebody served: first and last year of each term; an open term ends in 9999."""

    terms: tuple[tuple[int, int], ...]

    def holds(self, on: date) -> bool:
        """Tell whether a day falls in a term, give or take a year (elections, transitions, obituaries)."""
        return any(first - 1 <= on.year <= last + 1 for first, last in self.terms)

    @property
    def last(self) -> int:
        """The last year of the last term."""
        return max(last for _, last in self.terms)


@dataclass(frozen=True, slots=True)
class Meaning:
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
    """All terms of one language. Building compiles the automaton: about 0.3 s for 10,000 terms."""

    def __init__(self, language: str, meanings: Iterable[Meaning]) -> None:
        """Compile; several meanings may share one folded term (namesakes)."""
        by_term: dict[bytes, list[Meaning]] = {}
        for meaning in meanings:
            folded = fold_term(meaning.term, language)
            folded = folded.strip() if "g" in meaning.flags else folded
            if folded.strip():
                by_term.setdefault(folded, []).append(meaning)
        self.language = language
        self.meanings = tuple(tuple(m for m in found if m.kind != "E") for found in by_term.values())
        self._places = {term: place for place, term in enumerate(by_term)}
        self._glued = {
            place: len(term) for place, term in enumerate(by_term) if not term.endswith(b" ")
        }  # where a glued name stands → its bytes
        self._index = TermIndex(list(by_term))

    def place(self, term: str) -> int:
        """Where a term stands in `meanings`; KeyError for one that is not there."""
        return self._places[fold_term(term, self.language)]

    def scan(self, folded: Folded) -> list[tuple[int, int, int]]:
        """Every hit as (place in `meanings`, start, end), bytes of the folded text."""
        hits = self._index.scan(folded)
        if not self._glued:
            return hits
        return [
            (place, start, start + self._glued[place] if place in self._glued else end)
            for place, start, end in hits
        ]


def load(language: str, first: Iterable[Meaning] = (), markers: Iterable[Meaning] = ()) -> Gazetteer:
    """Load the data file of a language: `first` wins over what it says, `markers` only stand beside it.

    FileNotFoundError where we ship none.
    """
    text = files("ingest.annotate").joinpath(f"data/{language}.tsv").read_text(encoding="utf-8")
    return Gazetteer(language, [*first, *(read_row(line) for line in text.splitlines()), *markers])


def read_row(line: str) -> Meaning:
    """Read one line of a data file: term, kind, codes, flags, years."""
    term, kind, codes, flags, years = [*line.split("\t"), "", ""][:5]
    return Meaning(term, _kind(kind), tuple(codes.split()), flags, _years(years) if years else None)


def _kind(letter: str) -> Kind:
    match letter:
        case "N" | "A" | "P" | "C" | "O" | "L" | "G" | "X" | "B" | "S" | "T" | "D" | "V" | "E":
            return letter
        case _:
            raise ValueError(f"unknown kind {letter!r}")


def _years(text: str) -> Years:
    spans = (span.split("-") for span in text.split(","))
    return Years(tuple((int(first), int(last) if last else 9999) for first, last in spans))
