"""Find themes in a scanned event: triggers, words near each other, exclusions, labels."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from alerts.match.automata import is_spoken
from alerts.match.document import Document, Span, Spot
from alerts.match.labels import LabelMarks, Mark
from alerts.match.proclitics import with_proclitics
from alerts.match.vocabulary import Pieces, Vocabulary
from alerts.match.windows import outermost, uncovered, within_window
from alerts.watchlist.clauses import Label
from alerts.watchlist.themes import LabelWords, NearWords, ThemeDefinition, ThemeWords

_MAX_HITS = 200  # of one theme in one event: bounds what a text made of triggers can cost


@dataclass(frozen=True, slots=True)
class ThemeHit:
    """A theme in a sentence: `start`/`end` are the trigger's characters in `field` of the event."""

    name: str
    labels: tuple[Label, ...]
    field: str
    sentence: str
    start: int
    end: int


class Trigger(NamedTuple):
    """A theme's trigger where it stands, with its labels; its sentence is not yet cut out."""

    spot: Spot
    labels: tuple[Label, ...]


class _Use(NamedTuple):
    """What a term stands for: a phrase of a theme, or of a label, in one language."""

    kind: Literal["trigger", "near", "exclude", "label"]
    name: str
    language: str
    phrases: tuple[tuple[Pieces, ...], ...]  # near: alternatives to stand together; others: one phrase
    words: int = 0


class ThemeLexicon:
    """The words of all themes and labels, indexed by term; immutable once built."""

    def __init__(
        self, themes: Mapping[str, ThemeDefinition], labels: LabelWords, vocabulary: Vocabulary
    ) -> None:
        """Learn every phrase. ValueError names the theme or label of one that can't be used."""
        self._uses: dict[int, list[_Use]] = {}
        self.spoken: dict[str, set[int]] = {}  # language → the terms of its words
        for theme in themes.values():
            for language, words in theme.languages.items():
                self._learn_theme(theme.name, language, words, vocabulary)
        for language, by_label in labels.languages.items():
            for label, phrases in by_label.items():
                self._learn("label", label, language, phrases, vocabulary)
        self.named: dict[int, frozenset[str]] = {
            term: names
            for term, uses in self._uses.items()
            if (names := frozenset(use.name for use in uses if use.kind in {"trigger", "near"}))
        }  # term → themes that can only be there when it is

    def find(self, document: Document) -> dict[str, list[Trigger]]:
        """The triggers of each theme in the event, in the order of the text.

        Words of the event's language and English count; of every language when it is unknown.
        """
        uses = list(self._uses_in(document))
        names = dict.fromkeys(use.name for use in uses if use.kind in {"trigger", "near"})
        if not names:
            return {}
        marks = sorted(
            Mark(span, use.name)  # type: ignore[arg-type]  # the name of a use of kind label is a Label
            for use in uses
            if use.kind == "label"
            for span in document.occurrences(use.phrases[0][0])
        )
        found = {
            name: _triggers(document, [use for use in uses if use.name == name], marks) for name in names
        }
        return {name: triggers for name, triggers in found.items() if triggers}

    def _uses_in(self, document: Document) -> Iterator[_Use]:
        language = document.event.language.lower()
        seen: set[int] = set()
        for term in document.hits:
            for use in self._uses.get(term, ()):
                if id(use) not in seen and is_spoken(use.language, language):
                    seen.add(id(use))
                    yield use

    def _learn_theme(self, name: str, language: str, words: ThemeWords, vocabulary: Vocabulary) -> None:
        self._learn("trigger", name, language, words.triggers, vocabulary)
        self._learn("exclude", name, language, words.exclude, vocabulary)
        for near in words.near:
            self._learn_near(name, language, near, vocabulary)

    def _learn(
        self,
        kind: Literal["trigger", "exclude", "label"],
        name: str,
        language: str,
        phrases: Iterable[str],
        vocabulary: Vocabulary,
    ) -> None:
        for pieces in self._learn_all(phrases, language, vocabulary):
            self._uses.setdefault(pieces[0], []).append(_Use(kind, name, language.lower(), ((pieces,),)))

    def _learn_near(self, name: str, language: str, near: NearWords, vocabulary: Vocabulary) -> None:
        sides = tuple(self._learn_all(side, language, vocabulary) for side in near.all)
        use = _Use("near", name, language.lower(), sides, near.words)
        for first in dict.fromkeys(pieces[0] for pieces in min(sides, key=len)):
            self._uses.setdefault(first, []).append(use)

    def _learn_all(self, phrases: Iterable[str], language: str, vocabulary: Vocabulary) -> tuple[Pieces, ...]:
        written = [form for phrase in phrases for form in with_proclitics(phrase, language)]
        learnt = tuple(vocabulary.learn_all(written))
        self.spoken.setdefault(language, set()).update(term for pieces in learnt for term in pieces)
        return learnt


def _triggers(document: Document, uses: list[_Use], marks: list[Mark]) -> list[Trigger]:
    """The triggers of one theme, of whose uses in the text `uses` are."""
    covers = sorted(
        span for use in uses if use.kind == "exclude" for span in document.occurrences(use.phrases[0][0])
    )
    spans: set[Span] = set()
    own: set[Span] = set()  # the theme's words themselves
    for use in uses:
        if use.kind == "exclude":
            continue
        sides = [
            sorted({span for pieces in side for span in uncovered(document.occurrences(pieces), covers)})
            for side in use.phrases
        ]
        spans.update(within_window(sides, use.words) if use.kind == "near" else sides[0])
        own.update(*sides)
    located = [(span, document.locate(span)) for span in outermost(spans)[:_MAX_HITS]]
    labels = LabelMarks(document, marks, own)
    return [
        Trigger(spot, labels.labels_at(span, spot)) for span, spot in located if spot.place == spot.end_place
    ]
