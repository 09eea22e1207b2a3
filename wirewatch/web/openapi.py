"""The API described as OpenAPI 3.1, by hand: four operations."""

from typing import Any

from wirewatch.web.examples import (
    ARTICLE_EXAMPLES,
    LIST_EXAMPLE,
    OUTCOME_EXAMPLE,
    PROBLEM_EXAMPLE,
    SHOWN_EXAMPLE,
)
from wirewatch.web.filters import SEVERITIES, STATUSES

_PROBLEM = {
    "description": "what is wrong and what to do next (RFC 9457)",
    "content": {
        "application/problem+json": {
            "schema": {"$ref": "#/components/schemas/Problem"},
            "example": PROBLEM_EXAMPLE,
        }
    },
}
_TEXT = {"type": "string"}
_ARTICLE = {
    "type": "object",
    "description": "Any of these keys, with at least a title, a text or an html; others are left out, which "
    "`warnings` of the answer say.",
    "properties": {
        "id": {"type": ["string", "integer"], "description": "your own name for it, echoed nowhere"},
        "url": {"type": "string", "format": "uri"},
        "title": _TEXT,
        "text": {"type": "string", "description": "the clean body"},
        "html": {"type": "string", "description": "a page or a fragment, where there is no text"},
        "published": {"type": ["string", "number"], "description": "RFC 3339, or as the publisher writes it"},
        "language": {"type": "string", "description": "BCP 47"},
        "publisher": _TEXT,
        "source": _TEXT,
    },
}
_OUTCOME = {
    "type": "object",
    "required": ["index", "state"],
    "properties": {
        "index": {"type": "integer", "minimum": 0},
        "state": {"enum": ["accepted", "revision", "duplicate", "rejected"]},
        "event_id": {"type": "string", "pattern": "^[A-Z2-7]{26}$"},
        "revision": {"type": "integer", "minimum": 1},
        "reason": _TEXT,
        "detail": _TEXT,
        "warnings": {"type": "array", "items": _TEXT, "description": "keys that were left out, and why"},
    },
}
_ALERT = {
    "type": "object",
    "required": ["type", "timestamp", "data", "status", "created_at"],
    "properties": {
        "type": {"enum": ["alert.raised", "alert.test"]},
        "timestamp": {"type": "string", "format": "date-time"},
        "created_at": {"type": "string", "format": "date-time"},
        "status": {"enum": list(STATUSES)},
        "data": {"type": "object", "description": "the body that webhooks get"},
    },
}
# An empty requirement: on loopback, where no token is set and nobody signs in, none is asked for.
_READING: list[dict[str, list[str]]] = [{"readToken": []}, {"session": []}, {}]
_SECURITY_SCHEMES = {
    "pushToken": {"type": "http", "scheme": "bearer", "description": "web.token"},
    "readToken": {"type": "http", "scheme": "bearer", "description": "web.read_token"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "wirewatch_session",
        "description": "of who signed in at /login; over https with the prefix __Host-",
    },
}


_MOMENT = "an instant (RFC 3339), a day (UTC) or so long ago (30m, 24h, 7d, 4w)"
_Q = (
    "words that all stand in the title, the lead or the text, in any case and with or without accents; "
    '"words that stand together"; begin* for all that begin so'
)


def _query(name: str, description: str, example: Any = None, **schema: Any) -> dict[str, Any]:
    shown = {} if example is None else {"example": example}
    return {"name": name, "in": "query", "description": description, "schema": schema or _TEXT, **shown}


def document(version: str) -> dict[str, Any]:
    """Build the document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Wirewatch", "version": version},
        "components": {
            "schemas": {
                "Article": _ARTICLE,
                "Outcome": _OUTCOME,
                "Alert": _ALERT,
                "Problem": {
                    "type": "object",
                    "required": ["type", "title", "status", "detail"],
                    "properties": {
                        "type": _TEXT,
                        "title": _TEXT,
                        "status": {"type": "integer"},
                        "detail": _TEXT,
                    },
                },
            },
            "securitySchemes": _SECURITY_SCHEMES,
        },
        "paths": {
            "/v1/articles": {"post": _push()},
            "/v1/alerts": {"get": _alerts()},
            "/v1/alerts/{alert_id}": {"get": _alert()},
            "/readyz": {
                "get": {
                    "operationId": "readyz",
                    "security": [],
                    "summary": "whether the process does its work",
                    "responses": {"200": {"description": "it does"}, "503": {"description": "it does not"}},
                }
            },
        },
    }


def _push() -> dict[str, Any]:
    article = {"$ref": "#/components/schemas/Article"}
    outcomes = {
        "type": "object",
        "required": ["articles"],
        "properties": {"articles": {"type": "array", "items": {"$ref": "#/components/schemas/Outcome"}}},
    }
    errors = dict.fromkeys(("400", "401", "403", "408", "413", "415", "422", "429", "503", "507"), _PROBLEM)
    return {
        "operationId": "pushArticles",
        "summary": "hand over one article or an array of them; 202 once they are durable",
        "description": "`Content-Encoding: gzip` is taken; what is allowed counts unpacked.",
        "security": [{"pushToken": []}, {}],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"anyOf": [article, {"type": "array", "items": article, "maxItems": 500}]},
                    "examples": ARTICLE_EXAMPLES,
                }
            },
        },
        "responses": {
            "202": {
                "description": "what became of each article, in order",
                "content": {"application/json": {"schema": outcomes, "example": OUTCOME_EXAMPLE}},
            },
            **errors,
        },
    }


def _alerts() -> dict[str, Any]:
    alerts = {
        "type": "object",
        "required": ["alerts", "next"],
        "properties": {
            "alerts": {"type": "array", "items": {"$ref": "#/components/schemas/Alert"}},
            "next": {
                "type": ["string", "null"],
                "description": "the `cursor` of what comes next; null where nothing is left. One answer "
                "looks at a bounded part of the store: there may be few alerts, even none, and a next.",
            },
        },
    }
    return {
        "operationId": "listAlerts",
        "security": _READING,
        "summary": "alerts, newest first",
        "parameters": [
            _query("limit", "how many at most", 100, type="integer", minimum=1, maximum=500, default=50),
            _query("cursor", "`next` of the answer before: the list goes on there"),
            _query("after", "the alert_id of the last alert of the page before; `cursor` does more"),
            _query("since", f"raised at or after {_MOMENT}", "7d"),
            _query("until", f"raised before {_MOMENT}", "2026-11-24T09:30:00Z"),
            _query("rule", "only of this rule", "iran-turkey-pact"),
            _query("watchlist", "only of this watchlist", "borders"),
            _query("severity", "only of this severity", "high", enum=list(SEVERITIES)),
            _query("status", "only of this status", "live", enum=list(STATUSES)),
            _query("country", "only about this country, by its code or English name", "Iran"),
            _query("publisher", "only of this publisher: words of its name", "Border Gazette"),
            _query("language", "only in this language: a BCP 47 tag or its beginning", "zh"),
            _query("q", _Q, '"oil tanker" sanction*'),
        ],
        "responses": {
            "200": {
                "description": "a page of alerts",
                "content": {"application/json": {"schema": alerts, "example": LIST_EXAMPLE}},
            },
            "400": _PROBLEM,
            "401": _PROBLEM,
        },
    }


def _alert() -> dict[str, Any]:
    return {
        "operationId": "showAlert",
        "security": _READING,
        "summary": "one alert with its deliveries",
        "parameters": [{"name": "alert_id", "in": "path", "required": True, "schema": _TEXT}],
        "responses": {
            "200": {
                "description": "the alert",
                "content": {
                    "application/json": {
                        "schema": {"$ref": "#/components/schemas/Alert"},
                        "example": SHOWN_EXAMPLE,
                    }
                },
            },
            "401": _PROBLEM,
            "404": _PROBLEM,
        },
    }
