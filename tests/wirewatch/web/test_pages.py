import re
from http import HTTPStatus

import pytest

from alerts.store import search
from tests.support.alerting import make_event, make_match
from tests.wirewatch.web.asking import HTML, ask, look
from tests.wirewatch.web.gallery import fill
from tests.wirewatch.web.reading import PAGES, words
from tests.wirewatch.web.scene import Scene
from tests.wirewatch.web.stories import english


@pytest.mark.parametrize("path", PAGES)
def test_given_an_empty_state_when_looked_at_then_every_page_is_there(origin: str, path: str) -> None:
    answer = look(origin, path)

    assert (answer.status, answer.kind) == (HTTPStatus.OK, HTML)
    assert ask(origin, path, "HEAD").body == b""


def test_given_no_alert_when_looked_at_then_the_page_says_what_to_do_next(origin: str) -> None:
    text = words(look(origin, "/alerts"))

    assert "No alert yet." in text
    assert "wirewatch rules test" in text


def test_given_a_full_state_when_looked_at_then_the_overview_tells_the_flow(
    stage: Scene, origin: str
) -> None:
    fill(stage)

    text = words(look(origin, "/"))

    assert "Items in 89 from sources in all" in text
    assert "Events 48 appended in all" in text
    assert "Matched 44 events against 2 rules" in text
    assert "lag 4 records" in text
    assert "Alerts 3 in 24 hours" in text
    assert "2 live 1 test 3 in all" in text
    assert "Delivered 2 of these alerts 1 waiting 1 given up" in text
    assert "1 in trouble" in text
    assert "hook console paused left alone after 7 failures in a row" in text


def test_given_a_second_look_when_things_have_moved_then_the_overview_tells_how_fast(
    stage: Scene, origin: str
) -> None:
    stage.hand_over("wire", [make_event(f"n{number}") for number in range(20)])
    stage.clock.step(120)

    text = words(look(origin, "/"))

    assert "Items in 20 from sources in all 10/min" in text
    assert "Rates are means over the last 2 min." in text


def test_given_every_page_when_looked_at_then_only_the_overview_has_a_script_and_it_is_ours(
    origin: str,
) -> None:
    scripts = {path: re.findall("<script[^>]*>", look(origin, path).text) for path in PAGES}

    assert [path for path, found in scripts.items() if found] == ["/"]
    (script,) = scripts["/"]
    assert re.fullmatch(r'<script src="/static/live\.js\?v=[0-9a-f]{16}" defer>', script)
    assert [path for path in PAGES if "http-equiv" in look(origin, path).text] == []


def test_given_a_check_that_says_no_when_looked_at_then_the_overview_says_which_and_why(
    stage: Scene, origin: str
) -> None:
    stage.sight.readiness.drain()

    assert "Not ready. draining : the process is stopping" in words(look(origin, "/"))


@pytest.mark.parametrize("path", ["/", "/rules"])
def test_given_a_broken_file_when_looked_at_then_the_problem_is_there_with_its_place(
    stage: Scene, origin: str, path: str
) -> None:
    stage.break_config()

    text = words(look(origin, path))

    assert f"{stage.config}/watchlists/borders.yaml:7:15" in text
    assert "on running" in text
    assert "severity: hihg" in text
    assert "did you mean" in text


def test_given_many_alerts_when_paged_through_then_each_is_shown_once_newest_first(
    stage: Scene, origin: str
) -> None:
    raised = stage.raise_alerts(*(make_match(make_event(f"n{number}")) for number in range(120)))

    seen: list[str] = []
    path = "/alerts?severity=high&amp;rule=pact"
    pages = 0
    while path:
        text = look(origin, path.replace("&amp;", "&")).text
        seen += re.findall(r'class="alert-title" href="/alerts/([0-9a-f]{32})"', text)
        older = re.search(r'href="([^"]*)" rel="next"', text)
        path = older[1] if older else ""
        pages += 1

    assert seen == [alert.alert_id for alert in reversed(raised)]
    assert pages == 3


def test_given_a_search_that_fills_no_page_when_looked_at_then_it_says_how_far_it_went_and_goes_on(
    stage: Scene, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_CHUNK", 2)
    monkeypatch.setattr(search, "SCAN_ROWS", 2)
    stage.raise_alerts(make_match(make_event("rare", text="a rare word")))
    stage.raise_alerts(*(make_match(make_event(f"n{number}")) for number in range(2)))

    first = look(origin, "/alerts?q=rare")
    further = re.search(r'href="([^"]*)" rel="next"', first.text)
    assert further is not None
    second = look(origin, further[1].replace("&amp;", "&"))

    assert "Searched back to 2026-11-24 12:00:01 : no alert since then is like that" in words(first)
    assert "rare" in words(second)
    assert 'rel="next"' not in second.text


def test_given_alerts_of_several_kinds_when_narrowed_then_the_form_remembers_what_was_chosen(
    stage: Scene, origin: str
) -> None:
    stage.raise_alerts(
        make_match(make_event("a", title="The low one"), "pact", severity="low"),
        make_match(make_event("b", title="The high one"), "pact", severity="high"),
    )

    answer = look(origin, "/alerts?severity=low&status=live&rule=pact")

    assert "The low one" in answer.text
    assert "The high one" not in answer.text
    assert "<option selected>low</option>" in answer.text
    assert "<option selected>live</option>" in answer.text
    assert 'value="pact"' in answer.text
    assert "No alert is like that." in words(look(origin, "/alerts?severity=medium"))


@pytest.mark.parametrize(
    "path",
    [
        "/alerts?severity=loud",
        "/alerts?since=yesterday",
        "/alerts?country=Atlantis",
        "/alerts?cursor=x",
        "/alerts?sevrity=low",
        "/?x=1",
        "/sources?stat=ok",
        "/rules/pact?x",
        "/dead-letters?kind=record&kind=delivery",
        "/alerts?status=%3Cscript%3E",
        "/alerts?rule=%27%22%3E",
        "/alerts?after=1",
        f"/alerts?after={'a' * 32}",
        "/sources?status=odd",
        "/dead-letters?kind=odd",
        "/dead-letters?before=-1",
        "/dead-letters?before=1e9",
        f"/dead-letters?before={'9' * 400}",
    ],
)
def test_given_a_query_that_cannot_be_meant_when_looked_at_then_the_page_says_so(
    origin: str, path: str
) -> None:
    answer = look(origin, path)

    assert (answer.status, answer.kind) == (HTTPStatus.BAD_REQUEST, HTML)
    assert "<script>" not in answer.text


@pytest.mark.parametrize("place", ["alerts", "rules", "sources"])
@pytest.mark.parametrize(
    "id_", ["%00", "..%2f..", "%3Cscript%3E", "a" * 3_000, "%F0%9F", "%27%20OR%201=1--", "A"]
)
def test_given_an_id_of_nothing_when_looked_at_then_it_is_not_found(
    origin: str, place: str, id_: str
) -> None:
    answer = look(origin, f"/{place}/{id_}")

    assert (answer.status, answer.kind) == (HTTPStatus.NOT_FOUND, HTML)


def test_given_an_alert_when_looked_at_then_everything_about_it_is_there(stage: Scene, origin: str) -> None:
    (alert,) = stage.raise_alerts(english())

    answer = look(origin, f"/alerts/{alert.alert_id}")

    text = words(answer)
    assert "high live Iran–Turkey pact" in text
    assert "Iran and Turkey" in text
    assert "water sharing" in text
    assert "The Border Gazette Armenia English" in text
    assert "desk pending 0 attempts" in text
    assert 'href="/rules/pact"' in answer.text
    assert 'href="https://news.example.org/rivers" rel="noreferrer noopener nofollow"' in answer.text
    assert '<time datetime="2026-11-24T11:57:00.000Z">2026-11-24 11:57:00</time>' in answer.text
    assert '<time datetime="2026-11-24T12:00:00.000Z">2026-11-24 12:00:00</time>' in answer.text


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "ftp://x/", "//x"]
)
def test_given_an_address_that_is_no_web_page_when_looked_at_then_it_is_text_and_no_link(
    stage: Scene, origin: str, url: str
) -> None:
    (alert,) = stage.raise_alerts(make_match(make_event("odd", url=url)))

    answer = look(origin, f"/alerts/{alert.alert_id}")

    assert f'href="{url}' not in answer.text
    assert url in words(answer)


def test_given_alerts_that_were_never_sent_when_looked_at_then_the_page_says_why(
    stage: Scene, origin: str
) -> None:
    old = make_event("old", backlog=True, published_at=None)
    (trial, backlog) = stage.raise_alerts(make_match(is_test=True), make_match(old))

    assert "on trial: this was recorded" in words(look(origin, f"/alerts/{trial.alert_id}"))
    text = words(look(origin, f"/alerts/{backlog.alert_id}"))
    assert "article is old: this was recorded" in text
    assert "Published not known" in text
