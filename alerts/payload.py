"""An alert as JSON: the body of webhooks and a line of the alert file."""

from collections.abc import Iterable
from typing import Any

import msgspec

from alerts.alert import Alert, Evidence
from alerts.plain import one_line
from stream.timing import rfc3339

BODY_LIMIT_BYTES = 20_000
"""Standard Webhooks: payloads stay under 20 kB; who wants the whole article follows its URL."""

_MANY_PROOFS = (40, 20, 10, 5, 2)


def payload(alert: Alert, proofs: int = _MANY_PROOFS[0]) -> dict[str, Any]:
    """The alert in the shape of Standard Webhooks (type, timestamp, data), at most `proofs` evidence.

    It is the same for every attempt. Evidence offsets count characters of the article's field.
    """
    match, event = alert.match, alert.match.event
    return {
        "type": "alert.test" if match.is_test else "alert.raised",
        "timestamp": rfc3339(alert.created_at),
        "data": {
            "alert_id": alert.alert_id,
            "severity": match.severity,
            "rule": {
                "id": match.rule,
                "title": one_line(match.rule_title, 200),
                "version": match.rule_version,
                "watchlist": match.watchlist,
                "tags": [one_line(tag, 60) for tag in match.tags[:10]],
            },
            "countries": match.countries[:20],
            "theme": match.theme,
            "labels": match.labels[:10],
            "evidence": [_proof(proof) for proof in match.evidence[:proofs]],
            "article": {
                "event_id": one_line(event.event_id, 128),
                "revision": event.revision,
                "story": one_line(event.story, 200) if event.story else None,
                "title": one_line(event.title, 300),
                "lead": one_line(event.lead, 300),
                "url": one_line(event.url, 2_048) if event.url else None,
                "source": one_line(event.source, 300),
                "publisher": one_line(event.publisher, 120) if event.publisher else None,
                "language": one_line(event.language, 40),
                "published_at": rfc3339(event.published_at) if event.published_at else None,
                "published_precision": event.published_precision,
                "first_seen_at": rfc3339(event.first_seen_at),
            },
        },
    }


def body(alert: Alert) -> bytes:
    """The payload encoded, with as much evidence as fits into BODY_LIMIT_BYTES; always some."""
    encoded = b""
    for encoded in _smaller_and_smaller(alert):
        if len(encoded) < BODY_LIMIT_BYTES:
            break
    return encoded


def _smaller_and_smaller(alert: Alert) -> Iterable[bytes]:
    return (msgspec.json.encode(payload(alert, proofs)) for proofs in (*_MANY_PROOFS, 1))


def _proof(proof: Evidence) -> dict[str, Any]:
    return {
        "clause": one_line(proof.clause, 200),
        "field": proof.field,
        "sentence": one_line(proof.sentence, 600),
        "start": proof.start,
        "end": proof.end,
    }
