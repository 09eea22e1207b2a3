"""The product's own path from a text to what the sets ask for: normalise, annotate, match."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from alerts.match.compile import compile_rules
from alerts.match.matcher import Matcher
from alerts.watchlist.clauses import All, Countries, Rule, Theme
from ingest.annotating import load_annotate
from ingest.item import RawItem, Rejected
from ingest.normalise import normalise
from stream.event import ArticleEvent
from wirewatch.configuration import load_themes_of

_FOUND_AT = datetime(2026, 11, 24, tzinfo=UTC)  # the clock would move the scores


class Product:
    """What the daemon would find, with the themes and labels that we ship."""

    def __init__(self, config: Path = Path("config")) -> None:
        """Load themes and names."""
        self._loaded = load_themes_of(config)
        self._matcher = compile_rules((), self._loaded.themes, self._loaded.labels)
        self._annotate = load_annotate()

    def find_themes(self, text: str, language: str) -> set[str]:
        """The themes of one text."""
        event = self.event(text=text, language=language)
        return {hit.name for hit in self._matcher.find_themes(event)} if event else set()

    def count_alerts(self, texts: Sequence[str]) -> Mapping[str, int]:
        """By theme, the English texts that a rule `countries` and `theme` alerts on, whatever the pair."""
        events = [event for text in texts if (event := self.event(text=text, language="en"))]
        matcher = self.compile(
            sorted({relation.countries for event in events for relation in event.relations})
        )
        counts: Counter[str] = Counter(dict.fromkeys(self._loaded.themes, 0))
        for event in events:
            counts.update({match.theme for match in matcher.match(event) if match.theme})
        return counts

    def compile(self, pairs: Sequence[tuple[str, str]]) -> Matcher:
        """Rules of each pair with every theme."""
        rules = [_rule(pair, theme) for pair in pairs for theme in self._loaded.themes]
        return compile_rules(rules, self._loaded.themes, self._loaded.labels)

    def event(
        self,
        *,
        title: str | None = None,
        text: str | None = None,
        html: str | None = None,
        page_text: str | None = None,
        language: str | None = None,
    ) -> ArticleEvent | None:
        """The event of an item with these fields (see `RawItem`), unless it is refused."""
        item = RawItem(
            source="eval",
            found_at=_FOUND_AT,
            title=title,
            text=text,
            html=html,
            page_text=page_text,
            language=language,
        )
        event = normalise(item, self._annotate)
        return None if isinstance(event, Rejected) else event


def _rule(pair: tuple[str, str], theme: str) -> Rule:
    name = f"{pair[0]}-{pair[1]}-{theme}"
    return Rule(name, name, "eval", All("when", tuple(_parts(pair, theme))))


def _parts(pair: tuple[str, str], theme: str) -> Iterator[Countries | Theme]:
    yield Countries("when.countries", ((pair[0],), (pair[1],)), "pair")
    yield Theme("when.theme", theme)
