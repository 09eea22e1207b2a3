from http import HTTPStatus

import pytest
import sqlalchemy as sa

from tests.support.alerting import make_match
from tests.wirewatch.web.asking import BROWSER, HTML, PROBLEM, ask, look
from tests.wirewatch.web.scene import Scene, serving


@pytest.mark.parametrize("path", ["/nowhere", "/alerts/x", "/rules/none-such", "/sources/none", "/v2/alerts"])
def test_given_nothing_there_when_a_browser_asks_then_it_gets_a_page_and_a_program_a_problem(
    stage: Scene, path: str
) -> None:
    with serving(stage.sight) as origin:
        page, document = look(origin, path), ask(origin, path, headers={"accept": "application/json"})

    assert (page.status, page.kind) == (HTTPStatus.NOT_FOUND, HTML)
    assert '<a href="/">overview</a>' in page.text
    assert (document.status, document.kind) == (HTTPStatus.NOT_FOUND, PROBLEM)


@pytest.mark.parametrize("path", ["/v1/nowhere", "/v1/alerts/x", "/v1/alerts?limit=x"])
def test_given_the_api_when_even_a_browser_asks_then_errors_are_problems(stage: Scene, path: str) -> None:
    with serving(stage.sight) as origin:
        assert look(origin, path).kind == PROBLEM


def test_given_a_page_when_written_to_then_it_may_only_be_read(stage: Scene) -> None:
    with serving(stage.sight) as origin:
        answers = [
            ask(origin, path, "POST", headers=BROWSER) for path in ("/", "/alerts", "/rules", "/sources")
        ]

    assert {answer.status for answer in answers} == {HTTPStatus.METHOD_NOT_ALLOWED}
    assert {*answers[0].headers["allow"].split(", ")} == {"GET", "HEAD"}


def test_given_a_state_that_cannot_be_read_when_looked_at_then_the_page_says_so_and_not_why(
    stage: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(stage.sight) as origin:
        with stage.sight.archive._database.write() as connection:
            connection.execute(sa.text("DROP TABLE rule_stats"))
        page, document = look(origin, "/rules"), ask(origin, "/")

    assert (page.status, page.kind) == (HTTPStatus.SERVICE_UNAVAILABLE, HTML)
    assert (document.status, document.kind) == (HTTPStatus.SERVICE_UNAVAILABLE, PROBLEM)
    assert page.headers["retry-after"] == "5"
    assert "rule_stats" not in page.text + document.text
    assert "alerts.db" not in page.text + document.text
    assert [record.message for record in caplog.records if record.name == "wirewatch.web.errors"] == [
        "state not readable",
        "state not readable",
    ]


def test_given_a_fault_of_ours_when_looked_at_then_the_page_says_so_and_tells_nothing_else(
    stage: Scene,
) -> None:
    (alert,) = stage.raise_alerts(make_match())
    with serving(stage.sight) as origin:
        with stage.sight.archive._database.write() as connection:
            connection.execute(sa.text("UPDATE alerts SET tags = 'SPOILT'"))
        page, document = look(origin, f"/alerts/{alert.alert_id}"), ask(origin, "/v1/alerts")

    assert (page.status, page.kind) == (HTTPStatus.INTERNAL_SERVER_ERROR, HTML)
    assert (document.status, document.kind) == (HTTPStatus.INTERNAL_SERVER_ERROR, PROBLEM)
    for answer in (page, document):
        assert "SPOILT" not in answer.text
        assert "Traceback" not in answer.text
        assert "msgspec" not in answer.text
