"""The published description of what travels between programs."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from alerts.payload import body
from alerts.payload_schema import alert_schema
from alerts.sinks.kafka import KafkaSink, KafkaSinkConfig
from stream import cloudevents
from stream.event import ArticleEvent, Mention, Relation, encode
from tests.support.alerting import make_alert, make_event
from tests.support.command import ROOT
from wirewatch.asyncapi import document

PUBLISHED = ROOT / "schemas" / "asyncapi.json"


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from ([value["$ref"]] if "$ref" in value else [])
        for one in value.values():
            yield from references(one)
    elif isinstance(value, list):
        for one in value:
            yield from references(one)


def payload_schema(name: str) -> dict[str, Any]:
    """The payload of a message, complete with what it refers to."""
    return {"$ref": f"#/components/schemas/{name}", "components": document()["components"]}


def test_given_the_code_when_the_document_is_made_then_it_is_the_published_one() -> None:
    published = json.loads(PUBLISHED.read_text(encoding="utf-8"))

    assert json.loads(json.dumps(document())) == published, (
        "write it anew: wirewatch schema asyncapi > schemas/asyncapi.json"
    )


def test_given_the_references_when_followed_then_each_leads_somewhere() -> None:
    whole = document()

    found = set(references(whole))
    assert len(found) >= 10
    for reference in found:
        place = whole
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]


def test_given_an_article_when_encoded_then_the_document_describes_it() -> None:
    event: ArticleEvent = make_event(
        mentions=(Mention(country="IR", field="title", start=0, end=4, sentence=0, role="participant"),),
        relations=(Relation(countries=("IR", "TR"), field="title", sentence=0),),
    )
    validator = jsonschema.Draft7Validator(payload_schema("ArticleEvent"))

    validator.validate(json.loads(encode(event)))
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(json.loads(encode(event)) | {"relations": [{"countries": ["IR", "TR", "RU"]}]})


@pytest.mark.parametrize("is_test", [False, True])
def test_given_an_alert_when_encoded_then_both_schemas_describe_all_of_it(is_test: bool) -> None:
    alert = json.loads(body(make_alert(is_test=is_test)))

    jsonschema.Draft202012Validator(_closed(alert_schema())).validate(alert)
    jsonschema.Draft7Validator(payload_schema("Alert")).validate(alert)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(alert_schema()).validate(alert | {"data": {}})


def _closed(schema: Any) -> Any:
    """The schema with nothing allowed that it does not name: so that it names everything."""
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(one) for name, one in schema.items()}
    if schema.get("type") == "object":
        closed["additionalProperties"] = False
    return closed


def test_given_an_article_on_kafka_when_its_headers_are_read_then_the_document_names_each() -> None:
    headers = document()["components"]["messages"]["article"]["headers"]

    written = cloudevents.headers(cloudevents.head_of(encode(make_event())))

    jsonschema.Draft7Validator(headers).validate({name: value.decode() for name, value in written})
    assert {name for name, _ in written} == set(headers["required"])


def test_given_an_alert_on_kafka_when_its_headers_are_read_then_the_document_names_each() -> None:
    headers = document()["components"]["messages"]["alertOnKafka"]["headers"]
    sink = KafkaSink("bus", KafkaSinkConfig(kind="kafka", bootstrap_servers="127.0.0.1:9092", topic="alerts"))

    written = sink._message(make_alert(), "key1").headers

    jsonschema.Draft7Validator(headers).validate({name: value.decode() for name, value in written})
    assert {name for name, _ in written} == set(headers["required"])
