"""Events, matches and alerts of our own making, and a clock that steps."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.alert import Alert, Evidence, Match, alert_id
from stream.event import ArticleEvent, content_hash, encode, identity
from stream.log import Record

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SENTENCE = "Freedonia and Sylvania agreed to train their armies together."
TEXT = f"The talks took a week. {SENTENCE} Neither side named a date."


class SteppedClock:
    """A clock that moves when told to."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def step(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now


def make_event(name: str = "one", **changes: Any) -> ArticleEvent:
    title = changes.pop("title", f"Freedonia and Sylvania train together, part {name}")
    text = changes.pop("text", TEXT)
    values: dict[str, Any] = {
        "event_id": identity(name),
        "source": "freedonia-times",
        "title": title,
        "text": text,
        "content_hash": content_hash(title, text),
        "first_seen_at": NOON,
        "published_at": NOON - timedelta(minutes=3),
        "language": "en",
        "publisher": "The Freedonia Times",
        "url": f"https://news.example.org/{name}",
        "sentences": (0, TEXT.index(SENTENCE), TEXT.index("Neither")),
    }
    return ArticleEvent(**{**values, **changes})


def make_evidence(event: ArticleEvent) -> tuple[Evidence, ...]:
    start = event.text.find(SENTENCE)
    if start < 0:
        return (Evidence("when.text", "title", event.title, 0, min(4, len(event.title))),)
    words = [("when.countries", "Freedonia"), ("when.countries", "Sylvania"), ("when.theme", "train")]
    places = [(clause, event.text.index(word, start), len(word)) for clause, word in words]
    return tuple(Evidence(clause, "text", SENTENCE, at, at + length) for clause, at, length in places)


def make_match(event: ArticleEvent | None = None, rule: str = "pact", **changes: Any) -> Match:
    event = event or make_event()
    values: dict[str, Any] = {
        "rule": rule,
        "rule_title": "Freedonia–Sylvania pact",
        "watchlist": "borders",
        "severity": "high",
        "tags": ("armies",),
        "event": event,
        "countries": ("FR", "SY"),
        "theme": "military_cooperation",
        "labels": (),
        "evidence": make_evidence(event),
        "rule_version": "v1",
    }
    return Match(**{**values, **changes})


def make_alert(event: ArticleEvent | None = None, rule: str = "pact", **changes: Any) -> Alert:
    match = make_match(event, rule, **changes)
    return Alert(alert_id(rule, match.event.event_id), match, NOON)


def make_record(event: ArticleEvent | bytes, offset: int = 1, partition: int = 0, **changes: Any) -> Record:
    value = event if isinstance(event, bytes) else encode(event)
    return Record("articles", partition, offset, "key", value, NOON, **changes)


class WordMatcher:
    """A rule named after each word, which holds where the word stands in title or text."""

    def __init__(self, *words: str, **changes: Any) -> None:
        self.words = words
        self.changes = changes

    def match(self, event: ArticleEvent) -> Sequence[Match]:
        whole = f"{event.title} {event.text}"
        return [make_match(event, word, **self.changes) for word in self.words if word in whole]


class FixedRouter:
    """Everything to the same sinks."""

    def __init__(self, *sinks: str) -> None:
        self.sinks = sinks

    def sinks_for(self, match: Match) -> tuple[str, ...]:
        del match
        return self.sinks
