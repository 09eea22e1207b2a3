import signal

from tests.acceptance.conftest import MISS, OTHER, STORY
from tests.support.daemon import Site
from tests.support.ledger import pending
from tests.support.waiting import wait_for

TOKEN = "a-token-of-the-test"


def test_given_a_token_when_pushed_without_it_or_with_another_then_nothing_is_taken(site: Site) -> None:
    with site.running(WIREWATCH_WEB__TOKEN=TOKEN) as daemon:
        assert daemon.push(STORY).status == 401
        assert daemon.push(STORY, token="another").status == 401
        assert daemon.push(STORY, token=TOKEN).status == 202


def test_given_an_array_when_pushed_then_each_article_has_an_answer_and_the_right_one_an_alert(
    site: Site,
) -> None:
    with site.running() as daemon:
        answer = daemon.push([STORY, MISS, {"text": ""}, STORY])
        daemon.out.wait(lambda line: "/pact" in line)
        again = daemon.push([STORY])
        shown = daemon.get("/v1/alerts").text

    rows = answer.json()["articles"]
    assert answer.status == 202
    assert [row["state"] for row in rows] == ["accepted", "accepted", "rejected", "duplicate"]
    assert rows[0]["event_id"] == rows[3]["event_id"] == again.json()["articles"][0]["event_id"]
    assert rows[0]["event_id"] in shown
    assert rows[1]["event_id"] not in shown


def test_given_an_answer_202_when_killed_at_once_then_the_next_start_alerts_all_the_same(site: Site) -> None:
    with site.running() as daemon:
        assert daemon.push([STORY, OTHER]).status == 202
        daemon.send(signal.SIGKILL)
        assert daemon.wait() == -signal.SIGKILL
        before = daemon.out.text()

    with site.running() as daemon:
        daemon.wait_for_log("started")
        wait_for(lambda: pending(site.state) == (0, 0))
        daemon.end()
        after = daemon.out.text()

    assert "/pact" in before + after
    assert "/drill" in before + after
