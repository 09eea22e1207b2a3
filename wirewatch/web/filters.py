"""What may stand in a query or a path: checked once, here, for pages and the API alike. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args
from urllib.parse import urlencode

from alerts.alert import AlertStatus
from alerts.watchlist.clauses import Severity

SEVERITIES: tuple[str, ...] = tuple(reversed(get_args(Severity)))
STATUSES: tuple[str, ...] = get_args(AlertStatus)

_SLUG = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
_SLUG_CHARS = 64
_ALERT_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts are wanted; an empty value takes all. `after` is the last alert of the page before."""

    rule: str = ""
    severity: str = ""
    status: str = ""
    after: str = ""

    def query(self, **changes: str) -> str:
        """Write it as a query string, `?` included, with some values replaced; empty ones are left out."""
        values = {"severity": self.severity, "rule": self.rule, "status": self.status, "after": self.after}
        kept = {name: value for name, value in {**values, **changes}.items() if value}
        return f"?{urlencode(kept)}" if kept else "?"


def alert_filter(query: Mapping[str, str]) -> AlertFilter | str:
    """Read a filter from a query; a sentence for people when a value is none we know."""
    rule, severity = query.get("rule", "").strip(), query.get("severity", "")
    status, after = query.get("status", ""), query.get("after", "")
    if severity and severity not in SEVERITIES:
        return f"severity is one of {', '.join(SEVERITIES)}"
    if status and status not in STATUSES:
        return f"status is one of {', '.join(STATUSES)}"
    if rule and not is_slug(rule):
        return "rule is the id of a rule: small letters and digits, joined by hyphens"
    if after and not is_alert_id(after):
        return "after is the alert_id of the last alert you have"
    return AlertFilter(rule, severity, status, after)


def is_slug(text: str) -> bool:
    """Whether a text can be the id of a rule or of a source."""
    return len(text) <= _SLUG_CHARS and _SLUG.fullmatch(text) is not None


def is_alert_id(text: str) -> bool:
    """Whether a text can be the id of an alert."""
    return _ALERT_ID.fullmatch(text) is not None
