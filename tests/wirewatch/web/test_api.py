import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.stream.schema_check import Checker
from tests.support.alerting import make_event, make_match
from tests.wirewatch.web.asking import JSON, PROBLEM, FakeDoor, ask
from tests.wirewatch.web.scene import VERSION, Scene, serving
from wirewatch.web.cursor import place_at
from wirewatch.web.examples import (
    ARTICLE_EXAMPLES,
    LIST_EXAMPLE,
    OUTCOME_EXAMPLE,
    PROBLEM_EXAMPLE,
    SHOWN_EXAMPLE,
)
from wirewatch.web.openapi import document


class _Checker(Checker):
    """Knows the keywords of the API beside those of the event."""

    def _pattern(self, value: Any, schema: dict[str, Any], at: str) -> Iterator[str]:
        if not re.search(schema["pattern"], value):
            yield f"{at}: {value!r} does not fit {schema['pattern']}"

    def _type(self, value: Any, schema: dict[str, Any], at: str) -> Iterator[str]:
        if isinstance(schema["type"], str):
            return super()._type(value, schema, at)
        first = {**schema, "type": schema["type"][0]}  # of several: what our examples have
        return super()._type(value, first, at)

    def _format(self, value: Any, schema: dict[str, Any], at: str) -> Iterator[str]:
        if schema["format"] == "uri":
            return iter(()) if urlsplit(value).scheme else iter((f"{at}: {value!r} is no URI",))
        return super()._format(value, schema, at)

    def _minimum(self, value: Any, schema: dict[str, Any], at: str) -> Iterator[str]:
        if value < schema["minimum"]:
            yield f"{at}: {value} is under {schema['minimum']}"


def faults(schema: dict[str, Any], *values: Any) -> list[str]:
    return [fault for value in values for fault in _Checker(schema).faults(value)]


@pytest.fixture
def origin(stage: Scene) -> Iterator[str]:
    with serving(stage.sight, door=FakeDoor()) as address:
        yield address


def test_given_many_alerts_when_walked_page_by_page_then_each_comes_once_newest_first(
    stage: Scene, origin: str
) -> None:
    raised = stage.raise_alerts(*(make_match(make_event(f"n{number}")) for number in range(7)))

    seen: list[str] = []
    after = ""
    while rows := ask(origin, f"/v1/alerts?limit=3{after}").json["alerts"]:
        seen += [row["data"]["alert_id"] for row in rows]
        after = f"&after={seen[-1]}"

    assert seen == [alert.alert_id for alert in reversed(raised)]


def test_given_alerts_of_several_kinds_when_narrowed_then_only_those_come(stage: Scene, origin: str) -> None:
    stage.raise_alerts(
        make_match(make_event("a"), "pact", severity="low"),
        make_match(make_event("b"), "pact", severity="critical"),
        make_match(make_event("c"), "trial", severity="low", is_test=True),
    )

    def rules(query: str) -> list[tuple[str, str]]:
        rows = ask(origin, f"/v1/alerts?{query}").json["alerts"]
        return [(row["data"]["rule"]["id"], row["data"]["severity"]) for row in rows]

    assert rules("severity=low") == [("trial", "low"), ("pact", "low")]
    assert rules("rule=pact") == [("pact", "critical"), ("pact", "low")]
    assert rules("status=test") == [("trial", "low")]
    assert rules("rule=unknown") == []


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=501",
        "limit=-1",
        "limit=1e3",
        "limit=%D9%A1",
        f"limit={'9' * 5000}",
        "after=nobody",
        f"after={'0' * 32}",
        "after=%00",
        "severity=loud",
        "status=dead",
        "rule=%27%20OR%201=1",
        "rule=%ED%A0%80",
        "since=yesterday",
        "until=%00",
        "country=Atlantis",
        "language=e%20n",
        "watchlist=%27",
        "q=%22%22",
        "q=%ED%A0%80",
        "cursor=x",
        "sincce=24h",
        "severity=low&severity=high",
    ],
)
def test_given_a_value_that_cannot_be_meant_when_asked_then_it_is_a_problem_and_says_what_is_wanted(
    origin: str, query: str
) -> None:
    answer = ask(origin, f"/v1/alerts?{query}")

    assert (answer.status, answer.kind) == (HTTPStatus.BAD_REQUEST, PROBLEM)
    assert answer.json["detail"]


def test_given_many_alerts_when_walked_by_cursor_then_each_comes_once_and_the_last_page_has_no_next(
    stage: Scene, origin: str
) -> None:
    raised = stage.raise_alerts(*(make_match(make_event(f"n{number}")) for number in range(7)))

    seen: list[str] = []
    query = "limit=3"
    while query:
        answer = ask(origin, f"/v1/alerts?{query}").json
        seen += [row["data"]["alert_id"] for row in answer["alerts"]]
        query = f"limit=3&cursor={answer['next']}" if answer["next"] else ""

    assert seen == [alert.alert_id for alert in reversed(raised)]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("since=1m", ["late", "early"]),
        ("until=2026-11-24T12:00:01Z", ["early"]),
        ("country=niger", ["late"]),
        ("publisher=gazette", ["early"]),
        ("language=fa", ["late"]),
        ("watchlist=gulf", ["late"]),
        ("q=H%C3%93RMUZ+the", ["early"]),
        ("q=nowhere", []),
        ("since=1m&q=hormuz&country=&publisher=", ["early"]),
    ],
)
def test_given_two_alerts_when_narrowed_by_what_they_say_then_only_those_meant_come(
    stage: Scene, origin: str, query: str, titles: list[str]
) -> None:
    stage.raise_alerts(
        make_match(make_event("early", title="early", text="The Strait of Hormuz", publisher="The Gazette")),
        make_match(make_event("late", title="late", language="fa"), countries=("NE",), watchlist="gulf"),
    )

    rows = ask(origin, f"/v1/alerts?{query}").json["alerts"]

    assert [row["data"]["article"]["title"] for row in rows] == titles


def test_given_a_misspelt_parameter_when_asked_then_the_answer_names_those_that_are_known(
    origin: str,
) -> None:
    answer = ask(origin, "/v1/alerts?sinse=24h")

    assert answer.status == HTTPStatus.BAD_REQUEST
    assert 'no parameter "sinse": did you mean "since"?' in answer.json["detail"]
    for name in (one["name"] for one in document(VERSION)["paths"]["/v1/alerts"]["get"]["parameters"]):
        assert name in answer.json["detail"]
        assert "no parameter" not in ask(origin, f"/v1/alerts?{name}=x").text


def test_given_an_alert_when_asked_for_then_it_comes_with_its_deliveries(stage: Scene, origin: str) -> None:
    (alert,) = stage.raise_alerts(make_match())

    found = ask(origin, f"/v1/alerts/{alert.alert_id}").json

    assert found["data"]["article"]["title"] == alert.match.event.title
    assert [(one["sink"], one["state"]) for one in found["deliveries"]] == [
        ("desk", "pending"),
        ("hook", "pending"),
    ]


@pytest.mark.parametrize("alert_id", ["0" * 32, "x", "%00", "..%2f..%2fetc", "a" * 5_000])
def test_given_no_such_alert_when_asked_for_then_it_is_not_found(origin: str, alert_id: str) -> None:
    answer = ask(origin, f"/v1/alerts/{alert_id}")

    assert (answer.status, answer.kind) == (HTTPStatus.NOT_FOUND, PROBLEM)


def test_given_the_document_when_its_operations_are_called_then_answers_fit_what_it_says(
    stage: Scene, origin: str
) -> None:
    (alert,) = stage.raise_alerts(make_match())
    described = ask(origin, "/openapi.json").json
    schemas = described["components"]["schemas"]

    listed = ask(origin, "/v1/alerts").json["alerts"]
    pushed = ask(origin, "/v1/articles", "POST", body=b'{"title": "a"}', headers=JSON)
    problems = [ask(origin, "/v1/alerts?limit=0"), ask(origin, "/v1/alerts/x")]

    assert described == document(VERSION)
    shown = ask(origin, f"/v1/alerts/{alert.alert_id}").json
    assert faults(schemas["Alert"], *listed, shown) == []
    assert faults(schemas["Outcome"], *pushed.json["articles"]) == []
    assert faults(schemas["Problem"], *(problem.json for problem in problems)) == []


def test_given_the_document_when_each_answer_is_looked_up_then_every_path_and_status_is_described(
    origin: str,
) -> None:
    paths = document(VERSION)["paths"]

    statuses = {
        ("/v1/alerts", "get"): ask(origin, "/v1/alerts?limit=x").status,
        ("/v1/alerts/{alert_id}", "get"): ask(origin, "/v1/alerts/x").status,
        ("/v1/articles", "post"): ask(origin, "/v1/articles", "POST", body=b"{", headers=JSON).status,
        ("/readyz", "get"): ask(origin, "/readyz").status,
    }

    assert {(path, method) for path, methods in paths.items() for method in methods} == statuses.keys()
    for (path, method), status in statuses.items():
        assert str(status) in paths[path][method]["responses"]


def test_given_the_examples_of_the_document_when_checked_and_sent_then_they_are_true(origin: str) -> None:
    schemas = document(VERSION)["components"]["schemas"]
    articles = {name: one["value"] for name, one in ARTICLE_EXAMPLES.items()}

    assert faults(schemas["Article"], articles["one"], *articles["several"]) == []
    assert faults(schemas["Outcome"], *OUTCOME_EXAMPLE["articles"]) == []
    assert faults(schemas["Alert"], *LIST_EXAMPLE["alerts"], SHOWN_EXAMPLE) == []
    assert faults(schemas["Problem"], PROBLEM_EXAMPLE) == []
    pushed = ask(origin, "/v1/articles", "POST", body=json.dumps(articles["several"]).encode(), headers=JSON)
    assert [one.get("warnings") for one in pushed.json["articles"]] == [
        one.get("warnings") for one in OUTCOME_EXAMPLE["articles"]
    ]
    assert ask(origin, "/v1/alerts?limit=0").json == PROBLEM_EXAMPLE
    for one in document(VERSION)["paths"]["/v1/alerts"]["get"]["parameters"]:
        query = urlencode({one["name"]: one["example"]}) if "example" in one else ""
        assert ask(origin, f"/v1/alerts?{query}").status == HTTPStatus.OK
    assert place_at(LIST_EXAMPLE["next"]) is not None
