"""The alert as receivers get it, as JSON Schema: what `payload` makes, which a test compares."""

from typing import Any, get_args

from alerts.watchlist.clauses import Severity

_TEXT = {"type": "string"}
_MAYBE_TEXT = {"type": ["string", "null"]}
_INSTANT = {"type": "string", "format": "date-time"}
_TEXTS = {"type": "array", "items": _TEXT}


def alert_schema() -> dict[str, Any]:
    """JSON Schema 2020-12. Further fields may come; those that are here stay."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:wirewatch:schema:alert:1",
        "title": "Alert",
        "description": "One rule held for one article: the body of a webhook, a line of the alert file.",
        **_object(
            type={"enum": ["alert.raised", "alert.test"], "description": "alert.test is a trial"},
            timestamp=_INSTANT | {"description": "when it was raised; the same for every attempt"},
            data=_object(
                alert_id=_TEXT | {"description": "of the rule and the article, for good"},
                severity={"enum": list(get_args(Severity))},
                rule=_object(id=_TEXT, title=_TEXT, version=_TEXT, watchlist=_TEXT, tags=_TEXTS),
                countries=_TEXTS | {"description": "ISO 3166-1 alpha-2, and XK"},
                theme=_MAYBE_TEXT,
                labels=_TEXTS,
                evidence={"type": "array", "minItems": 1, "items": _evidence()},
                article=_article(),
            ),
        ),
    }


def _evidence() -> dict[str, Any]:
    offset = {"type": "integer", "minimum": 0}
    return _object(
        clause=_TEXT | {"description": "what of the rule it proves"},
        field=_TEXT | {"description": "of the article: title, lead or text"},
        sentence=_TEXT,
        start=offset | {"description": "in characters of the field"},
        end=offset,
    )


def _article() -> dict[str, Any]:
    return _object(
        event_id=_TEXT,
        revision={"type": "integer", "minimum": 1},
        story=_MAYBE_TEXT,
        title=_TEXT,
        lead=_TEXT,
        url=_MAYBE_TEXT,
        source=_TEXT,
        publisher=_MAYBE_TEXT,
        language=_TEXT | {"description": "BCP 47"},
        published_at={"type": ["string", "null"], "format": "date-time"},
        published_precision={
            "enum": ["second", "minute", "day", "inferred", None],
            "description": "inferred: the article says no date, and published_at is when it was first seen",
        },
        first_seen_at=_INSTANT,
    )


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}
