"""Who may read what, for programs."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.wirewatch.web.access.signing import READ_TOKEN, Visitor, guarded, write_anna
from tests.wirewatch.web.asking import JSON, PROBLEM, FakeDoor, ask
from tests.wirewatch.web.scene import VERSION, Scene, scene, serving
from wirewatch.web.openapi import document

ARTICLE = b'{"title": "A title", "text": "A text."}'
FOR_PROGRAMS = ("/v1/alerts", "/v1/alerts/x", "/openapi.json", "/metrics", "/v1/nowhere")
OPEN = ("/healthz", "/readyz", "/login", "/static/wirewatch.css")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path) as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_anna(tmp_path)


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@pytest.mark.parametrize("headers", [{}, bearer("another"), bearer(""), {"authorization": READ_TOKEN}])
def test_given_no_token_or_a_wrong_one_when_read_then_it_is_401_and_says_how(
    stage: Scene, file: Path, headers: dict[str, str]
) -> None:
    with guarded(stage, file) as origin:
        answers = [ask(origin, path, headers=headers) for path in (*FOR_PROGRAMS, "/", "/alerts")]

    assert {(one.status, one.kind) for one in answers} == {(HTTPStatus.UNAUTHORIZED, PROBLEM)}
    assert {one.headers["www-authenticate"] for one in answers} == {"Bearer"}


def test_given_the_token_when_read_then_the_api_answers_and_pages_do_not(stage: Scene, file: Path) -> None:
    with guarded(stage, file) as origin:
        statuses = {path: ask(origin, path, headers=bearer(READ_TOKEN)).status for path in FOR_PROGRAMS}
        page = ask(origin, "/alerts", headers=bearer(READ_TOKEN)).status

    assert list(statuses.values()) == [200, 404, 200, 200, 404]
    assert page == HTTPStatus.UNAUTHORIZED


def test_given_a_session_when_the_api_is_read_then_it_answers(stage: Scene, file: Path) -> None:
    with guarded(stage, file) as origin:
        visitor = Visitor(origin)
        visitor.sign_in()

        assert {visitor.get(path).status for path in ("/v1/alerts", "/metrics")} == {HTTPStatus.OK}


def test_given_health_when_asked_by_anybody_then_it_answers(stage: Scene, file: Path) -> None:
    with guarded(stage, file) as origin:
        assert {ask(origin, path).status for path in OPEN} == {HTTPStatus.OK}


def test_given_metrics_for_everybody_when_asked_then_they_alone_are_open(stage: Scene, file: Path) -> None:
    with guarded(stage, file, open_metrics=True, has_pages=False) as origin:
        assert ask(origin, "/metrics").status == HTTPStatus.OK
        assert ask(origin, "/v1/alerts").status == HTTPStatus.UNAUTHORIZED


def test_given_no_token_to_push_when_pushed_then_nobody_may_and_the_other_token_is_none(
    stage: Scene, file: Path
) -> None:
    door = FakeDoor()
    with guarded(stage, file, door=door) as origin:
        headers = {**JSON, **bearer(READ_TOKEN)}
        refused = ask(origin, "/v1/articles", "POST", body=ARTICLE, headers=headers)
    with guarded(stage, file, door=door, token="to-push") as origin:
        wrong = ask(origin, "/v1/articles", "POST", body=ARTICLE, headers=headers)
        right = ask(origin, "/v1/articles", "POST", body=ARTICLE, headers={**JSON, **bearer("to-push")})

    assert (refused.status, wrong.status, right.status) == (403, 401, 202)
    assert len(door.taken) == 1


def test_given_loopback_without_users_when_looked_at_then_nothing_is_asked(stage: Scene) -> None:
    with serving(stage.sight) as origin:
        page = Visitor(origin).get("/")

        assert page.status == HTTPStatus.OK
        assert "/account" not in page.text
        assert Visitor(origin).get("/login").status == HTTPStatus.NOT_FOUND


def test_given_the_document_when_read_then_each_operation_says_what_it_needs() -> None:
    described = document(VERSION)
    schemes = described["components"]["securitySchemes"]
    operations = {path: method for path, item in described["paths"].items() for method in item.values()}

    assert set(schemes) == {"pushToken", "readToken", "session"}
    assert schemes["session"] == {"type": "apiKey", "in": "cookie", "name": "wirewatch_session"} | {
        "description": schemes["session"]["description"]
    }
    assert operations["/v1/articles"]["security"] == [{"pushToken": []}, {}]
    assert operations["/v1/alerts"]["security"] == [{"readToken": []}, {"session": []}, {}]
    assert operations["/v1/alerts/{alert_id}"]["security"] == [{"readToken": []}, {"session": []}, {}]
    assert operations["/readyz"]["security"] == []
    assert all("401" in operations[path]["responses"] for path in ("/v1/alerts", "/v1/alerts/{alert_id}"))
