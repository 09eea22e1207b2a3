"""Some of the terms of a vocabulary as one automaton."""

from collections.abc import Collection

from alerts.match.vocabulary import Vocabulary
from stream.text.terms import TermIndex


class Automaton:
    """Finds terms by their numbers in the vocabulary. Immutable; threads share it."""

    def __init__(self, vocabulary: Vocabulary, numbers: Collection[int]) -> None:
        """Compile; 10,000 terms take about half a second."""
        self._numbers = sorted(numbers)
        self._index = TermIndex([vocabulary.terms[number] for number in self._numbers])

    def ends(self, data: bytes) -> list[tuple[int, int]]:
        """Every hit in folded bytes as (term, where it was seen to end)."""
        numbers = self._numbers
        return [(numbers[term], end) for term, end in self._index.ends(data)]
