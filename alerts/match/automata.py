"""The terms of rules and themes as automata: one of what every text is searched for, and one a language.

Themes have words in some forty languages, and a text is in one. So the words of a language are compiled when
the first text in it comes, and no other text pays for them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from threading import Lock

from stream.text.terms import TermIndex, bounds

ENGLISH = "en"  # quoted everywhere, so its words count in every text
_MAX_TAGS = 500  # of texts, remembered with their languages: feeds may send any


def is_spoken(words: str, text: str) -> bool:
    """Tell whether words of one language are looked for in a text of another; BCP 47 tags in lower case."""
    return words == ENGLISH or text in {"und", ""} or text == words or text.startswith(f"{words}-")


class _Part:
    """Some of the terms, by their numbers among all."""

    def __init__(self, terms: Sequence[bytes], numbers: Collection[int]) -> None:
        self._numbers = sorted(numbers)
        self._index = TermIndex([terms[number] for number in self._numbers])

    def ends(self, data: bytes) -> list[tuple[int, int]]:
        numbers = self._numbers
        return [(numbers[term], end) for term, end in self._index.ends(data)]


class Automata:
    """Finds terms, named by their place in `terms`. Safe to share between threads."""

    def __init__(
        self, terms: Sequence[bytes], general: Collection[int], spoken: Mapping[str, Collection[int]]
    ) -> None:
        """Compile the `general` terms and the English of the `spoken` ones, which are by language."""
        shared = {*general, *spoken.get(ENGLISH, ())}
        self._terms = terms
        self._spoken = {
            language.lower(): frozenset(numbers) - shared
            for language, numbers in spoken.items()
            if language != ENGLISH
        }
        self._shared = _Part(terms, shared)
        self._parts: dict[str, _Part] = {}
        self._tags: dict[str, tuple[_Part, ...]] = {}
        self._lock = Lock()

    def ends(self, data: bytes, language: str) -> Iterator[tuple[int, int]]:
        """Every hit in the folded text of a language as (term, where it was seen to end).

        A text of an unknown language is searched for the words of all.
        """
        yield from self._shared.ends(data)
        parts = self._tags.get(language)
        for part in self._parts_of(language) if parts is None else parts:
            yield from part.ends(data)

    def bounds(self, term: int, end: int, data: bytes) -> tuple[int, int]:
        """Start and end of a hit of `ends`."""
        return bounds(self._terms[term], end, data)

    def _parts_of(self, tag: str) -> tuple[_Part, ...]:
        text = tag.lower()
        with self._lock:
            parts = tuple([self._part(words) for words in self._spoken if is_spoken(words, text)])
            if len(self._tags) >= _MAX_TAGS:
                self._tags.clear()
            self._tags[tag] = parts
        return parts

    def _part(self, language: str) -> _Part:
        if language not in self._parts:
            self._parts[language] = _Part(self._terms, self._spoken[language])
        return self._parts[language]
