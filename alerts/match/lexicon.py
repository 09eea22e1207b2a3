"""What texts are searched for: terms of rules in each, and words of themes and labels by language.

Themes have words in some forty languages and a text is in one. So a start learns the English words, and those
of another language when the first text in it comes; no other text pays for them.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Literal, NamedTuple

from alerts.match.automaton import Automaton
from alerts.match.proclitics import with_proclitics
from alerts.match.vocabulary import Pieces, Vocabulary
from alerts.watchlist.themes import LabelWords, NearWords, ThemeDefinition, ThemeWords
from stream.text.terms import bounds

ENGLISH = "en"  # quoted everywhere, so its words count in every text
_MAX_TAGS = 500  # of texts, remembered with their languages: feeds may send any


class Use(NamedTuple):
    """What a term stands for: a phrase of a theme, or of a label."""

    kind: Literal["trigger", "near", "exclude", "label"]
    name: str
    phrases: tuple[tuple[Pieces, ...], ...]  # near: alternatives to stand together; others: one phrase
    words: int = 0


@dataclass(frozen=True, slots=True)
class Tongue:
    """The words of one language: their automaton, what each term stands for, and the themes it tells of."""

    automaton: Automaton
    uses: Mapping[int, list[Use]]
    told: Mapping[int, tuple[tuple[str, str], ...]]  # term → ("theme", name), there only when the term is


class Lexicon:
    """All themes and labels. Safe to share between threads: what was learnt never changes."""

    def __init__(
        self, themes: Mapping[str, ThemeDefinition], labels: LabelWords, vocabulary: Vocabulary
    ) -> None:
        """Learn the English words; one automaton finds them and all that `vocabulary` knew before.

        Each phrase must hold a letter or digit, as `load_themes` sees to: a language is learnt when an event
        is matched, where a ValueError would come too late.
        """
        self.ignored = {theme.name: theme.ignores for theme in themes.values() if theme.ignores}
        self._themes = themes
        self._labels = labels
        self._vocabulary = vocabulary
        written = (language for theme in themes.values() for language in theme.languages)
        self._languages = tuple(dict.fromkeys((ENGLISH, *written, *labels.languages)))
        self._tongues: dict[str, Tongue] = {}
        self._tags: dict[str, tuple[Tongue, ...]] = {}
        self._lock = Lock()
        english = self._learn(ENGLISH)
        self._shared = len(vocabulary.terms)  # of a lower number: found in every text
        self._tongues[ENGLISH] = english.tongue(range(self._shared))

    def tongues(self, tag: str) -> tuple[Tongue, ...]:
        """The languages whose words count in a text of a language: English and its own; all if unknown."""
        known = self._tags.get(tag)
        return self._meet(tag) if known is None else known

    def has_words(self, theme: str, tag: str) -> bool:
        """Whether a theme has words in a language itself; English ones count in every text besides."""
        written = self._themes[theme].languages if theme in self._themes else ()
        text = tag.lower()
        return text in {"und", ""} or any(f"{text}-".startswith(f"{words.lower()}-") for words in written)

    def bounds(self, term: int, end: int, data: bytes) -> tuple[int, int]:
        """Start and end of a hit in folded bytes."""
        return bounds(self._vocabulary.terms[term], end, data)

    def _meet(self, tag: str) -> tuple[Tongue, ...]:
        text = tag.lower()
        with self._lock:
            spoken = tuple([self._tongue(words) for words in self._languages if is_spoken(words, text)])
            if len(self._tags) >= _MAX_TAGS:
                self._tags.clear()
            self._tags[tag] = spoken
        return spoken

    def _tongue(self, language: str) -> Tongue:
        if language not in self._tongues:
            learner = self._learn(language)
            own = [term for term in learner.terms if term >= self._shared]
            self._tongues[language] = learner.tongue(own)
        return self._tongues[language]

    def _learn(self, language: str) -> "_Learner":
        learner = _Learner(language, self._vocabulary)
        for theme in self._themes.values():
            if words := theme.languages.get(language):
                learner.learn_theme(theme.name, words)
        for label, phrases in self._labels.languages.get(language, {}).items():
            learner.learn("label", label, phrases)
        return learner


def is_spoken(words: str, text: str) -> bool:
    """Tell whether words of one language are looked for in a text of another; `text` in lower case."""
    words = words.lower()
    return words == ENGLISH or text in {"und", ""} or text == words or text.startswith(f"{words}-")


class _Learner:
    """Learns the words of one language."""

    def __init__(self, language: str, vocabulary: Vocabulary) -> None:
        self.terms: set[int] = set()
        self._language = language
        self._vocabulary = vocabulary
        self._uses: dict[int, list[Use]] = {}

    def learn_theme(self, name: str, words: ThemeWords) -> None:
        self.learn("trigger", name, words.triggers)
        self.learn("exclude", name, words.exclude)
        for near in words.near:
            self._learn_near(name, near)

    def learn(self, kind: Literal["trigger", "exclude", "label"], name: str, phrases: Iterable[str]) -> None:
        for pieces in self._pieces(phrases):
            self._uses.setdefault(pieces[0], []).append(Use(kind, name, ((pieces,),)))

    def tongue(self, terms: Collection[int]) -> Tongue:
        """What was learnt, with an automaton of `terms`."""
        told = {term: names for term, uses in self._uses.items() if (names := _themes(uses))}
        return Tongue(Automaton(self._vocabulary, terms), self._uses, told)

    def _learn_near(self, name: str, near: NearWords) -> None:
        sides = tuple(self._pieces(side) for side in near.all)
        use = Use("near", name, sides, near.words)
        for first in dict.fromkeys(pieces[0] for pieces in min(sides, key=len)):
            self._uses.setdefault(first, []).append(use)

    def _pieces(self, phrases: Iterable[str]) -> tuple[Pieces, ...]:
        written = [form for phrase in phrases for form in with_proclitics(phrase, self._language)]
        learnt = tuple(self._vocabulary.learn_all(written))
        self.terms.update(term for pieces in learnt for term in pieces)
        return learnt


def _themes(uses: Iterable[Use]) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys(("theme", use.name) for use in uses if use.kind in {"trigger", "near"}))
