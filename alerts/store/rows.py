"""Alerts as rows, and rows as alerts: pure, so that what is stored can be proved to come back the same."""

from collections.abc import Mapping
from typing import Any

import msgspec

from alerts.alert import Alert, Evidence, Match, status_of
from alerts.store.instants import instant, micros
from alerts.watchlist.clauses import Severity
from stream.event import ArticleEvent, decode, encode

Row = dict[str, Any]

ALERT_COLUMNS = (
    "alert_id, rule, rule_title, rule_version, watchlist, severity, status, event_id, revision, "
    "tags, countries, theme, labels, evidence, created_at"
)
"""The columns of an alert, spelled once for the hand-written statements."""

_strings = msgspec.json.Decoder(tuple[str, ...])
_evidence = msgspec.json.Decoder(tuple[Evidence, ...])


def alert_row(alert: Alert) -> Row:
    """The row of `alerts`."""
    match = alert.match
    return {
        "alert_id": alert.alert_id,
        "rule": match.rule,
        "rule_title": match.rule_title,
        "rule_version": match.rule_version,
        "watchlist": match.watchlist,
        "severity": match.severity,
        "status": status_of(match),
        "event_id": match.event.event_id,
        "revision": match.event.revision,
        "tags": _json(match.tags),
        "countries": _json(match.countries),
        "theme": match.theme,
        "labels": _json(match.labels),
        "evidence": _json(match.evidence),
        "created_at": micros(alert.created_at),
    }


def event_row(event: ArticleEvent) -> Row:
    """The row of `alert_events`: the whole event, so that an alert outlives the log's retention."""
    return {"event_id": event.event_id, "revision": event.revision, "encoded": encode(event)}


def alert_of(row: Mapping[Any, Any]) -> Alert:
    """The alert of a row that joins `alerts` with the `encoded` event.

    Raises BadEventError or a MsgspecError when the stored text can no longer be read.
    """
    match = Match(
        rule=row["rule"],
        rule_title=row["rule_title"],
        rule_version=row["rule_version"],
        watchlist=row["watchlist"],
        severity=msgspec.convert(row["severity"], Severity),
        tags=_strings.decode(row["tags"]),
        event=decode(row["encoded"]),
        countries=_strings.decode(row["countries"]),
        theme=row["theme"],
        labels=_strings.decode(row["labels"]),
        evidence=_evidence.decode(row["evidence"]),
        is_test=row["status"] == "test",
    )
    return Alert(row["alert_id"], match, instant(row["created_at"]))


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
