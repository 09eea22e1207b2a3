"""Phrases as people write them, as the distinct terms of one automaton."""

from collections.abc import Iterator, Sequence
from itertools import islice

from stream.text.fold import fold_terms

Pieces = tuple[int, ...]  # terms that stand one after another


class Vocabulary:
    """The distinct terms of all rules, themes and labels: a phrase that ten rules share is one term.

    A phrase is one term, but a word ending in `*` ends its term, and a *loose* phrase (one with slop) is a
    term a word. It only grows: a piece is a place in `terms` and stays one. Learn in one thread at a time.
    """

    def __init__(self) -> None:
        self.terms: list[bytes] = []
        self._numbers: dict[bytes, int] = {}
        self._pieces: dict[tuple[str, bool], Pieces] = {}

    def learn(self, phrase: str, *, is_loose: bool = False) -> Pieces:
        """Add a phrase; ValueError when it holds no letter or digit."""
        return self.learn_all([phrase], is_loose=is_loose)[0]

    def learn_all(self, phrases: Sequence[str], *, is_loose: bool = False) -> list[Pieces]:
        """Add phrases, which costs a third of adding each alone; ValueError as `learn`."""
        return [
            self._number(phrase, terms, is_loose=is_loose)
            for phrase, terms in zip(phrases, _split(phrases, is_loose=is_loose), strict=True)
        ]

    def _number(self, phrase: str, terms: Sequence[bytes], *, is_loose: bool) -> Pieces:
        if not terms:
            raise ValueError(f"a phrase needs a letter or a digit: {phrase!r}")
        pieces = tuple([self._piece(term) for term in terms])
        self._pieces[phrase, is_loose] = pieces
        return pieces

    def pieces(self, phrase: str, *, is_loose: bool = False) -> Pieces:
        """The terms of a phrase that was learnt."""
        return self._pieces[phrase, is_loose]

    def _piece(self, term: bytes) -> int:
        number = self._numbers.get(term)
        if number is None:
            number = self._numbers[term] = len(self.terms)
            self.terms.append(term)
        return number


def split_phrase(phrase: str, *, is_loose: bool = False) -> list[bytes]:
    """Fold a phrase into terms that must follow each other."""
    return next(_split([phrase], is_loose=is_loose))


def _split(phrases: Sequence[str], *, is_loose: bool) -> Iterator[list[bytes]]:
    groups = [_groups(phrase, is_loose=is_loose) for phrase in phrases]
    folded = iter(fold_terms([group for of_phrase in groups for group in of_phrase]))
    for of_phrase in groups:
        yield [term for term in islice(folded, len(of_phrase)) if term.strip()]


def _groups(phrase: str, *, is_loose: bool) -> list[str]:
    if is_loose:
        return phrase.split()
    if "*" not in phrase:
        return [phrase]
    groups = [""]
    for word in phrase.split():
        groups[-1] += f" {word}"
        if word.endswith("*"):
            groups.append("")
    return groups
