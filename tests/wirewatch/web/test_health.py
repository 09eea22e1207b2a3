from http import HTTPStatus

from prometheus_client import Counter
from prometheus_client.parser import text_string_to_metric_families

from tests.wirewatch.web.asking import PROBLEM, ask
from tests.wirewatch.web.scene import Scene, serving
from wirewatch.readiness import Verdict


def test_given_a_process_when_asked_whether_it_lives_then_it_answers(stage: Scene) -> None:
    with serving(stage.sight, has_pages=False) as origin:
        answer = ask(origin, "/healthz")

    assert (answer.status, answer.text) == (HTTPStatus.OK, "ok\n")


def test_given_checks_when_all_say_yes_then_it_is_ready_and_one_no_suffices(stage: Scene) -> None:
    with serving(stage.sight, has_pages=False) as origin:
        before = ask(origin, "/readyz")
        stage.sight.readiness.add("log", lambda: Verdict(is_ready=False, detail="no room on the disk"))
        after = ask(origin, "/readyz")

    assert (before.status, before.json["ready"]) == (HTTPStatus.OK, True)
    assert (after.status, after.json["ready"]) == (HTTPStatus.SERVICE_UNAVAILABLE, False)
    assert after.json["checks"]["log"] == {"ready": False, "detail": "no room on the disk"}


def test_given_a_check_that_raises_when_asked_then_it_is_a_no(stage: Scene) -> None:
    def broken() -> Verdict:
        raise OSError("gone")

    stage.sight.readiness.add("disk", broken)
    with serving(stage.sight, has_pages=False) as origin:
        answer = ask(origin, "/readyz")

    assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer.json["checks"]["disk"]["ready"] is False


def test_given_a_draining_process_when_asked_then_it_is_not_ready_and_still_alive(stage: Scene) -> None:
    stage.sight.readiness.drain()
    with serving(stage.sight, has_pages=False) as origin:
        assert ask(origin, "/readyz").status == HTTPStatus.SERVICE_UNAVAILABLE
        assert ask(origin, "/healthz").status == HTTPStatus.OK


def test_given_counters_when_scraped_then_prometheus_can_read_them(stage: Scene) -> None:
    Counter("wirewatch_looks", "Looks.", registry=stage.sight.registry).inc(3)
    with serving(stage.sight, has_pages=False) as origin:
        answer = ask(origin, "/metrics")

    samples = [sample for family in text_string_to_metric_families(answer.text) for sample in family.samples]
    assert answer.kind.startswith("text/plain")
    assert [one.value for one in samples if one.name == "wirewatch_looks_total"] == [3]


def test_given_a_process_without_pages_when_looked_at_then_there_are_none(stage: Scene) -> None:
    with serving(stage.sight, has_pages=False) as origin:
        answers = [
            ask(origin, path, headers={"accept": "text/html"}) for path in ("/", "/alerts", "/v1/alerts")
        ]

    assert {(answer.status, answer.kind) for answer in answers} == {(HTTPStatus.NOT_FOUND, PROBLEM)}
