"""What travels between programs, as one AsyncAPI 3.0 document: articles on a topic, alerts to webhooks.

Made from the schemas of the code. Its version is that of the contract, not of the program.
"""

import inspect
from typing import Any

import msgspec

from alerts.payload_schema import alert_schema
from stream.event import SCHEMA_VERSION, ArticleEvent
from wirewatch.settings import Settings

_REF = "#/components/schemas/{name}"
_TEXT = {"type": "string"}


def document() -> dict[str, Any]:
    """Build the document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Wirewatch",
            "version": f"{SCHEMA_VERSION}.0.0",
            "description": "Articles that were read and normalised, and the alerts raised on them. "
            "Both are sent at least once: drop repeats by the key that is named.",
        },
        "defaultContentType": "application/json",
        "servers": {
            "kafka": {
                "host": "{bootstrap_servers}",
                "protocol": "kafka",
                "description": "Apache Kafka, where stream.kafka.bootstrap_servers is set.",
                "variables": {"bootstrap_servers": {"description": "host:port"}},
            },
            "receiver": {
                "host": "{receiver}",
                "protocol": "https",
                "description": "Whoever a webhook sink in config/routes.yaml posts to.",
                "variables": {"receiver": {"description": "host of the sink's url"}},
            },
        },
        "channels": {"articles": _articles(), "alerts": _alerts(), "alertsOnKafka": _alerts_on_kafka()},
        "operations": {
            "publishArticle": _operation("send", "articles", "article", "Ingest publishes what it has read."),
            "matchArticle": _operation("receive", "articles", "article", "The matcher reads it."),
            "deliverAlert": _operation("send", "alerts", "alert", "Posted to each webhook sink."),
            "publishAlert": _operation(
                "send", "alertsOnKafka", "alertOnKafka", "Published by each sink of kind kafka."
            ),
        },
        "components": {
            "messages": {
                "article": _article_message(),
                "alert": _alert_message(),
                "alertOnKafka": _alert_on_kafka(),
            },
            "schemas": _schemas(),
        },
    }


def _articles() -> dict[str, Any]:
    return {
        "address": Settings().stream.kafka.topic,
        "title": "The log of articles",
        "description": "The topic's name is stream.kafka.topic. Revisions of an article keep their order.",
        "servers": [{"$ref": "#/servers/kafka"}],
        "messages": {"article": {"$ref": "#/components/messages/article"}},
    }


def _alerts() -> dict[str, Any]:
    return {
        "address": None,  # of each sink its own
        "title": "Webhooks",
        "description": "Standard Webhooks 1.0: an HTTP POST to the URL of a sink, signed.",
        "servers": [{"$ref": "#/servers/receiver"}],
        "messages": {"alert": {"$ref": "#/components/messages/alert"}},
    }


def _alerts_on_kafka() -> dict[str, Any]:
    return {
        "address": None,  # of each sink its own
        "title": "Topics of alerts",
        "description": "The topic of a sink of kind kafka; its partition_by says what keeps its order.",
        "servers": [{"$ref": "#/servers/kafka"}],
        "messages": {"alertOnKafka": {"$ref": "#/components/messages/alertOnKafka"}},
    }


def _operation(action: str, channel: str, message: str, summary: str) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": summary,
        "messages": [{"$ref": f"#/channels/{channel}/messages/{message}"}],
    }


def _article_message() -> dict[str, Any]:
    """CloudEvents 1.0, Kafka binding, binary mode."""
    headers = {
        "ce_specversion": {"const": "1.0"},
        "ce_id": _TEXT | {"description": "event_id and revision: the key to drop repeats by"},
        "ce_source": _TEXT | {"description": "/wirewatch/sources/ and the source's id"},
        "ce_type": {"const": f"wirewatch.article.v{SCHEMA_VERSION}"},
        "content-type": {"const": "application/json"},
        "traceparent": _TEXT | {"description": "W3C Trace Context"},
    }
    return {
        "name": "article",
        "title": "An article in one revision",
        "headers": {"type": "object", "required": list(headers), "properties": headers},
        "payload": {"$ref": _REF.format(name="ArticleEvent")},
        "bindings": {"kafka": {"key": _TEXT | {"description": "the story where known, else the article"}}},
    }


def _alert_message() -> dict[str, Any]:
    headers = {
        "webhook-id": _TEXT | {"description": "the same for every attempt: the key to drop repeats by"},
        "webhook-timestamp": _TEXT | {"description": "of this attempt, Unix time"},
        "webhook-signature": _TEXT | {"description": "v1, and HMAC-SHA256; one for each secret"},
    }
    return {
        "name": "alert",
        "title": "An alert",
        "headers": {"type": "object", "required": list(headers), "properties": headers},
        "payload": {"$ref": _REF.format(name="Alert")},
    }


def _alert_on_kafka() -> dict[str, Any]:
    """CloudEvents 1.0, Kafka binding, binary mode."""
    headers = {
        "ce_specversion": {"const": "1.0"},
        "ce_id": _TEXT | {"description": "the same for every attempt: the key to drop repeats by"},
        "ce_source": _TEXT | {"description": "/wirewatch/rules/ and the rule's id"},
        "ce_type": {"const": "wirewatch.alert.v1"},
        "ce_time": _TEXT | {"format": "date-time", "description": "when it was raised"},
        "traceparent": _TEXT | {"description": "W3C Trace Context: the trace of the article"},
        "content-type": {"const": "application/json"},
    }
    return {
        "name": "alertOnKafka",
        "title": "An alert on a topic",
        "headers": {"type": "object", "required": list(headers), "properties": headers},
        "payload": {"$ref": _REF.format(name="Alert")},
        "bindings": {"kafka": {"key": _TEXT | {"description": "rule, story or alert, as partition_by says"}}},
    }


def _schemas() -> dict[str, Any]:
    (_, articles) = msgspec.json.schema_components([ArticleEvent], ref_template=_REF)
    articles["ArticleEvent"]["properties"].pop("x-unknown", None)
    articles["ArticleEvent"]["additionalProperties"] = True
    alert = {name: value for name, value in alert_schema().items() if not name.startswith("$")}
    return {name: _in_draft_7(schema) for name, schema in {**articles, "Alert": alert}.items()}


def _in_draft_7(value: Any) -> Any:
    """AsyncAPI reads schemas as draft 7, which writes the items of a tuple another way."""
    if isinstance(value, list):
        return [_in_draft_7(one) for one in value]
    if not isinstance(value, dict):
        return value
    found = {name: _in_draft_7(one) for name, one in value.items()}
    if isinstance(found.get("description"), str):
        found["description"] = inspect.cleandoc(found["description"])
    if "prefixItems" in found:
        found["additionalItems"] = found.pop("items", True)
        found["items"] = found.pop("prefixItems")
    return found
