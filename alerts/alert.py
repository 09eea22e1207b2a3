"""Match and Alert: what the steps hand to each other, with the keys that absorb repeats."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from alerts.watchlist.clauses import Severity
from stream.event import ArticleEvent

AlertStatus = Literal["live", "test", "backlog"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proved one clause: `start`/`end` are character offsets into `field` of the event."""

    clause: str
    field: str
    sentence: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Match:
    """A rule held for an event, and why. `evidence` is never empty; its first entry is the best proof."""

    rule: str
    rule_title: str
    watchlist: str
    severity: Severity
    tags: tuple[str, ...]
    event: ArticleEvent
    countries: tuple[str, ...]
    theme: str | None
    labels: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    is_test: bool = False  # a rule in status `test`: recorded, never sent
    rule_version: str = ""  # Rule.version: which wording of the rule this was


@dataclass(frozen=True, slots=True)
class Alert:
    """A match somebody should hear of, as stored: it can be rendered without the log."""

    alert_id: str
    match: Match
    created_at: datetime


def status_of(match: Match) -> AlertStatus:
    """Whether a match is sent: a rule under test and an old article are recorded, and never sent."""
    if match.is_test:
        return "test"
    return "backlog" if match.event.backlog else "live"


def alert_id(rule: str, event_id: str) -> str:
    """One alert for a rule and an article, whatever its revision: the key that absorbs repeats."""
    return _digest("alert", rule, event_id)


def delivery_key(alert: str, sink: str) -> str:
    """The idempotency key of one alert at one sink: `webhook-id`, Message-ID, UNIQUE in the outbox."""
    return _digest("delivery", alert, sink)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
