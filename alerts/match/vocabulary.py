"""Phrases as people write them, as the distinct terms of one automaton."""

from stream.text.fold import fold_term

Pieces = tuple[int, ...]  # terms that stand one after another


class Vocabulary:
    """The distinct terms of all rules, themes and labels: a phrase that ten rules share is one term.

    A phrase is one term, but a word ending in `*` ends its term, and a *loose* phrase (one with slop) is a
    term a word. Filled while rules are compiled, only read afterwards.
    """

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._pieces: dict[tuple[str, bool], Pieces] = {}

    def learn(self, phrase: str, *, is_loose: bool = False) -> Pieces:
        """Add a phrase; ValueError when it holds no letter or digit."""
        pieces = tuple(
            self._numbers.setdefault(term, len(self._numbers))
            for term in split_phrase(phrase, is_loose=is_loose)
        )
        if not pieces:
            raise ValueError(f"a phrase needs a letter or a digit: {phrase!r}")
        self._pieces[phrase, is_loose] = pieces
        return pieces

    def pieces(self, phrase: str, *, is_loose: bool = False) -> Pieces:
        """The terms of a phrase that was learnt."""
        return self._pieces[phrase, is_loose]

    @property
    def terms(self) -> list[bytes]:
        """All terms; a piece is a place in this list."""
        return list(self._numbers)


def split_phrase(phrase: str, *, is_loose: bool = False) -> list[bytes]:
    """Fold a phrase into terms that must follow each other."""
    groups: list[list[str]] = [[]]
    for word in phrase.split():
        groups[-1].append(word)
        if is_loose or word.endswith("*"):
            groups.append([])
    terms = (fold_term(" ".join(group)) for group in groups)
    return [term for term in terms if term.strip()]
