"""From an annotated event to its matches and their notifications: in line with the length of the text."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import msgspec
import pytest

from alerts.alert import Alert
from alerts.highlight import field_segments
from alerts.match.compile import compile_rules
from alerts.match.matcher import Matcher
from alerts.payload import body
from alerts.render import Renderer
from alerts.watchlist.clauses import All, Clause, Countries, Near, Not, Phrase, Regex, Rule, Text, Theme
from alerts.watchlist.themes import load_themes
from ingest.annotate import Annotator, load
from ingest.item import RawItem
from ingest.normalise import normalise
from stream.event import ArticleEvent
from tests.support.growth import is_linear
from tests.support.hostile_texts import TEXTS
from wirewatch.cli.annotated import annotation_row
from wirewatch.cli.articles import Article

CHARS = 4_096
DENSE = (
    *("pairs in sentences", "pairs without stops", "credits without end", "territories", "themes and labels"),
    *("all at once", "lists", "reports in reports", "dateline lines", "marks on letters", "equal lines"),
    *("one word", "wrapped lines", "right to left", "Chinese", "back references"),
)
NOW = datetime(2026, 11, 25, tzinfo=UTC)
CODES = ("IR", "TR", "IQ", "SY", "CN", "JP", "RU", "UA", "HK", "FJ", "US")


def together(code: str, salience: str = "any", role: str = "participant", mode: str = "pair") -> Countries:
    others = tuple(other for other in CODES if other != code)
    return Countries("when.countries", ((code,), others), mode, role, salience)  # type: ignore[arg-type]  # as named


def conditions() -> list[Clause]:
    near = Text("when.text", (Phrase("military"), Near(("iran", "turkey"), 12)), within="paragraph")
    loose = Text("when.text", (Phrase("iran turkey", 4), Regex("turk(ey|iye)"), Phrase("said")))
    bound = Text("when.text", (Phrase("military cooperation"),), within="paragraph", of_countries=True)
    theme = Theme("when.theme", "military_cooperation")
    return [
        *(All("when", (together(code), theme)) for code in CODES),
        *(All("when", (together(code, role="mentioned", mode="together"), bound)) for code in CODES),
        *(together(code, salience) for code in CODES for salience in ("any", "lead")),
        All("when", (together("IR", mode="together"), Not("when.none", theme))),
        near,
        loose,
    ]


@cache
def matcher() -> Matcher:
    found = load_themes(Path(__file__).parents[2] / "config" / "themes")
    rules = [Rule(f"r{number}", "R", "w", clause) for number, clause in enumerate(conditions())]
    return compile_rules(rules, found.themes, found.labels)


@cache
def annotator() -> Annotator:
    return load()


def event_of(kind: str, size: int) -> ArticleEvent:
    item = RawItem(
        source="s", found_at=NOW, title="Iran and Turkey meet", text=TEXTS[kind](size), language="en"
    )
    event = normalise(item, annotator().annotate)
    assert isinstance(event, ArticleEvent)
    return event


@pytest.mark.parametrize("kind", TEXTS)
def test_given_hostile_text_when_doubled_and_doubled_then_matching_is_linear(kind: str) -> None:
    assert is_linear(matcher().match, lambda size: event_of(kind, size), CHARS)


@pytest.mark.parametrize("kind", DENSE)
def test_given_hostile_text_when_doubled_and_doubled_then_explaining_is_linear(kind: str) -> None:
    rules = [rule.id for rule in matcher().rules][::9]

    assert is_linear(
        lambda event: [matcher().explain(rule, event) for rule in rules],
        lambda size: event_of(kind, size),
        CHARS,
    )


@pytest.mark.parametrize("kind", DENSE)
def test_given_hostile_text_when_doubled_and_doubled_then_telling_of_it_is_linear(kind: str) -> None:
    renderer = Renderer()

    def tell(event: ArticleEvent) -> None:
        for match in matcher().match(event)[:3]:
            alert = Alert("a", match, NOW)
            assert renderer.text(alert)
            assert renderer.html(alert)
            assert body(alert)
            assert field_segments(match, "text") is not None
        assert msgspec.json.encode(annotation_row(Article("1", event), matcher().find_themes(event)))

    assert is_linear(tell, lambda size: event_of(kind, size), CHARS)
