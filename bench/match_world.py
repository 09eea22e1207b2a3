"""Articles and rules over one made-up vocabulary in which, as in language, few words are most of the text."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import combinations

from alerts.watchlist.clauses import All, Clause, Countries, Near, Phrase, Rule, Text, Theme
from alerts.watchlist.themes import LabelWords, ThemeDefinition, ThemeWords
from stream.event import ArticleEvent, Mention, Relation, content_hash, identity

_SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va")
_COUNTRIES = [first + second for first in "ABCDEFGHIJ" for second in "LMNRT"]
_PAIRS = list(combinations(_COUNTRIES, 2))
_SENTENCES = 18
_WORDS = 20  # a sentence


class World:
    """Makes events and rules; the same seed makes the same."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self._words = [self._word(self._random.randint(1, 4)) for _ in range(20_000)]
        self._weights = [1 / (rank + 3) for rank in range(len(self._words))]
        self.themes = {f"theme{i}": self._theme(f"theme{i}") for i in range(15)}
        self.labels = LabelWords(
            {"en": {"denied": ("denies", "no plans"), "hypothetical": ("might", "would")}}
        )

    def events(self, count: int) -> list[ArticleEvent]:
        """Articles of about 2.3 KB: 18 sentences, 12 mentions, 2 related pairs, half on a theme."""
        return [self._event(number) for number in range(count)]

    def rules(self, count: int, events: Sequence[ArticleEvent]) -> list[Rule]:
        """Half with a theme, three tenths with words in the countries' sentence, the rest words alone."""
        return [
            Rule(f"rule-{i}", f"Rule {i}", "bench", self._condition(i % 10, events)) for i in range(count)
        ]

    def _word(self, syllables: int) -> str:
        return "".join(self._random.choices(_SYLLABLES, k=syllables))

    def _common(self, count: int) -> list[str]:
        return self._random.choices(self._words, self._weights, k=count)

    def _theme(self, name: str) -> ThemeDefinition:
        triggers = (*(f"{name} {self._word(4)}" for _ in range(30)), f"{name} accord*")
        return ThemeDefinition(
            name, {language: ThemeWords(triggers) for language in ("en", "fr", "tr", "ar")}
        )

    def _event(self, number: int) -> ArticleEvent:
        text, starts = "", []
        topic = [f"theme{self._random.randrange(15)} accords"] if self._random.random() < 0.5 else []
        for sentence in range(_SENTENCES):
            starts.append(len(text))
            words = [*self._common(_WORDS), *(topic if sentence == 2 else [])]
            words[_WORDS // 2] += ","
            text += " ".join(words).capitalize() + ". "
        cast = self._random.sample(_COUNTRIES, 5)
        pairs = [self._random.choice(list(combinations(sorted(cast), 2))) for _ in range(2)]
        return ArticleEvent(
            event_id=identity(str(number)),
            source="bench",
            url=f"https://news.example/{number}",
            title=" ".join(self._common(9)).capitalize(),
            lead=text[: starts[1]].strip(),
            text=text,
            language="en",
            publisher="Bench",
            first_seen_at=datetime(2026, 1, 1, tzinfo=UTC),
            content_hash=content_hash("", text),
            sentences=tuple(starts),
            mentions=tuple(self._mention(cast, starts) for _ in range(12)),
            countries=tuple(cast),
            relations=tuple(
                Relation(countries=pair, field="text", sentence=self._random.choice((2, 5))) for pair in pairs
            ),
        )

    def _mention(self, cast: Sequence[str], starts: Sequence[int]) -> Mention:
        sentence = self._random.randrange(len(starts))
        return Mention(
            country=self._random.choice(cast),
            field="text",
            start=starts[sentence],
            end=starts[sentence] + 4,
            sentence=sentence,
            role=self._random.choice(("participant", "passing")),
            reason="subject",
        )

    def _condition(self, kind: int, events: Sequence[ArticleEvent]) -> Clause:
        one, other = self._random.choice(_PAIRS)
        countries = Countries("when.countries", ((one,), (other,)), "pair")
        if kind < 5:
            return All("when", (countries, Theme("when.theme", self._random.choice(list(self.themes)))))
        phrases = (self._phrase(events), self._phrase(events))
        if kind < 8:
            text = Text("when.text", tuple(map(Phrase, phrases)), within="sentence", of_countries=True)
            return All("when", (countries, text))
        return Text("when.text", (Near(phrases, 12),) if kind == 8 else tuple(map(Phrase, phrases)))

    def _phrase(self, events: Sequence[ArticleEvent]) -> str:
        """A few words: one time in five as some article has them, else such that none is likely to."""
        if self._random.random() > 0.2:
            return f"{self._word(5)} {self._word(5)}"
        words = self._random.choice(events).text.replace(",", "").replace(".", "").lower().split()
        start = self._random.randrange(len(words) - 2)
        return " ".join(words[start : start + 3])
