import re
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus

import pytest

from ingest.item import Rejected
from tests.support.alerting import make_event, make_match
from tests.wirewatch.web.asking import HTML, Answer, ask, look
from tests.wirewatch.web.gallery import fill
from tests.wirewatch.web.scene import Scene, serving
from tests.wirewatch.web.stories import english

PAGES = ("/", "/alerts", "/sources", "/sources/wire", "/rules", "/rules/pact", "/rules/idea", "/dead-letters")
TAG = re.compile(r"<[^>]*>")


@pytest.fixture
def origin(stage: Scene) -> Iterator[str]:
    with serving(stage.sight) as address:
        yield address


def words(answer: Answer) -> str:
    """What a person reads, on one line."""
    assert (answer.status, answer.kind) == (HTTPStatus.OK, HTML)
    return " ".join(TAG.sub(" ", answer.text).split())


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


def test_given_the_overview_when_it_renews_itself_then_a_reader_can_stop_that_and_no_other_page_does(
    origin: str,
) -> None:
    refresh = '<meta http-equiv="refresh" content="15">'

    assert refresh in look(origin, "/").text
    assert 'href="/?still"' in look(origin, "/").text
    assert [path for path in ("/?still", *PAGES[1:]) if "http-equiv" in look(origin, path).text] == []


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


def test_given_sources_when_looked_at_then_each_says_how_it_is_and_the_sums_agree(
    stage: Scene, origin: str
) -> None:
    fill(stage)

    text = words(look(origin, "/sources"))

    assert "89 items in = 48 new + 0 revised + 40 duplicate + 1 rejected. The sums agree." in text
    assert "gazette failing failed 3 times in a row (blocked: HTTP 403 from feeds.example.org)" in text
    assert text.index("gazette failing") < text.index("inbox ok") < text.index("resting disabled")
    assert "push unlisted" in text
    assert "inbox" not in words(look(origin, "/sources?status=failing"))


def test_given_rejected_items_when_a_source_is_looked_at_then_they_are_listed_with_their_reasons(
    stage: Scene, origin: str
) -> None:
    stage.hand_over("wire", rejected=[Rejected("too_large", "9 MB", "wire", "page 7")])
    stage.hand_over("inbox", rejected=[Rejected("unsafe_path", "a symlink", "inbox", "x.txt")])

    text = words(look(origin, "/sources/wire"))

    assert "1 in = 0 new + 0 revised + 0 duplicate + 1 rejected . The sums agree." in text.replace(
        "rejected.", "rejected ."
    )
    assert "Rejected as too large 1" in text
    assert "too large 9 MB page 7" in text
    assert "symlink" not in text


def test_given_a_secret_in_the_address_of_a_feed_when_every_page_is_looked_at_then_it_is_on_none(
    stage: Scene, origin: str
) -> None:
    pages = [*fill(stage).values(), *PAGES]

    assert [path for path in pages if "SECRETKEY" in look(origin, path).text] == []
    assert "https://feeds.example.org/wire.xml?…" in words(look(origin, "/sources/wire"))


def test_given_rules_when_looked_at_then_each_says_where_it_stands_and_drafts_are_apart(
    stage: Scene, origin: str
) -> None:
    stage.raise_alerts(make_match(make_event("a"), "pact"), make_match(make_event("b"), "pact"))
    stage.clock.step(300)

    text = words(look(origin, "/rules"))

    assert f"Iran–Turkey pact pact high live 2 5 min ago 2 {stage.config}/watchlists/borders.yaml:4" in text
    assert "A rule on trial trial low test 0 never 1" in text
    assert text.index("Drafts and retired rules") < text.index("Only an idea idea medium draft 0 never 0")


def test_given_a_rule_when_looked_at_then_it_is_told_in_words_with_its_tests(origin: str) -> None:
    text = words(look(origin, "/rules/pact"))

    assert (
        "All of these hold: when A sentence reports something between Iran and Turkey. when.countries" in text
    )
    assert "This must not hold: when.none[0] The publisher is The Joker." in text
    assert "must match Iran and Turkey sign a pact" in text
    assert "must not match Iran bans imports from Turkey" in text
    assert "It has raised none yet." in text


def test_given_a_rule_that_is_gone_when_looked_at_then_its_alerts_are_still_there(
    stage: Scene, origin: str
) -> None:
    stage.raise_alerts(make_match(make_event("a", title="What it found"), "bygone"))

    text = words(look(origin, "/rules/bygone"))

    assert "not configured any more. It matched 1 time" in text
    assert "What it found" in text


def test_given_more_sources_than_a_page_holds_when_paged_through_then_each_is_shown_once(
    stage: Scene, origin: str
) -> None:
    for number in range(205):
        stage.hand_over(f"pushed-{number:03}", [make_event(f"s{number}")])

    first = look(origin, "/sources").text
    older = re.search(r'href="([^"]*)" rel="next"', first)
    assert older
    second = look(origin, older[1].replace("&amp;", "&")).text

    ids = re.findall(r'href="/sources/([^"]+)">', first + second)
    assert len(ids) == len(set(ids)) == 209


def test_given_dead_letters_when_paged_through_then_each_is_listed_once_newest_first(
    stage: Scene, origin: str
) -> None:
    stage.bury(*(f"reason-{number}" for number in range(60)))

    first = look(origin, "/dead-letters?kind=record").text
    older = re.search(r'href="([^"]*)" rel="next"', first)
    assert older
    second = look(origin, older[1].replace("&amp;", "&")).text

    numbers = re.findall(r'<th scope="row" class="num">(\d+)</th>', first + second)
    assert numbers == [str(number) for number in range(60, 0, -1)]


def test_given_a_dead_letter_when_a_retry_was_asked_for_then_the_page_says_so(
    stage: Scene, origin: str
) -> None:
    stage.bury("invalid_json")
    stage.sight.dead_letters.retry(1, stage.clock())
    stage.clock.now += timedelta(minutes=4)

    assert "record invalid json detail of invalid_json articles/0@1 1 byte asked for 4 min ago" in words(
        look(origin, "/dead-letters")
    )
