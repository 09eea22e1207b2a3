"""Articles and rules that kill whoever matches them: the third process finds them, and the rest goes on."""

import signal
from collections.abc import Mapping

from tests.acceptance.conftest import MISS, OTHER, STORY, WATCHLIST
from tests.support.command import spawn
from tests.support.daemon import Daemon, Site
from tests.support.waiting import wait_for

KILLED = 'wirewatch_dead_letters_total{kind="record",reason="matcher_killed"}'
ASIDE = "a record kills the matcher, set aside"
SECOND_RULE = """
  - id: sea
    when: {text: {regex: 'at\\s+sea'}}
"""


def push_unmatched(site: Site, *articles: Mapping[str, str]) -> list[str]:
    """Put articles into the log while nobody matches; their ids."""
    with site.running("ingest") as daemon:
        answer = daemon.push(list(articles))
        assert daemon.end() == 0
    return [row["event_id"] for row in answer.json()["articles"]]


def crash_twice(site: Site, failpoint: str) -> None:
    for _ in range(2):
        with site.running(WIREWATCH_FAILPOINT=failpoint) as daemon:
            assert daemon.wait() == -signal.SIGKILL
        assert daemon.logged(ASIDE) == []


def alerted(daemon: Daemon, url: str) -> int:
    return sum(url in line for line in daemon.out.all)


def test_given_an_article_that_kills_matchers_when_two_have_died_then_the_third_sets_it_aside_and_goes_on(
    site: Site,
) -> None:
    own = {"WIREWATCH_CONFIG_DIR": str(site.config), "WIREWATCH_STATE_DIR": str(site.state)}
    _, poison, _ = push_unmatched(site, STORY, MISS, OTHER)
    failpoint = f"match.event={poison}"
    crash_twice(site, failpoint)

    with site.running(WIREWATCH_FAILPOINT=failpoint) as daemon:
        said = daemon.wait_for_log(ASIDE)
        daemon.out.wait(lambda line: STORY["url"] in line)
        daemon.out.wait(lambda line: OTHER["url"] in line)
        daemon.wait_until_ready()
        page = daemon.get("/dead-letters").text
        metric = daemon.metric(KILLED)
        tried = spawn("dead-letters", "retry", "1", cwd=site.folder, env=own)
        wait_for(lambda: daemon.metric(KILLED) == 2)
        code = daemon.end()

    assert (said["level"], said["ending"], said["rule"]) == ("error", "SIGKILL", "")
    assert "matcher killed" in page
    assert "no rule alone" in page
    assert (metric, tried.code, code) == (1, 0, 0)
    assert [alerted(daemon, article["url"]) for article in (STORY, OTHER)] == [1, 1]


def test_given_a_rule_that_kills_matchers_when_two_have_died_then_the_dead_letter_names_it(
    site: Site,
) -> None:
    site.write("watchlists/mideast.yaml", WATCHLIST + SECOND_RULE)
    push_unmatched(site, MISS, STORY, OTHER)
    failpoint = "match.rule=sea"
    crash_twice(site, failpoint)

    with site.running(WIREWATCH_FAILPOINT=failpoint) as daemon:
        said = daemon.wait_for_log(ASIDE)
        daemon.out.wait(lambda line: STORY["url"] in line)
        daemon.push({**OTHER, "url": "https://news.example.org/again"})
        wait_for(lambda: daemon.metric(KILLED) == 2)
        daemon.push({**STORY, "url": "https://news.example.org/later"})
        daemon.out.wait(lambda line: "/later" in line)
        daemon.end()

    assert said["rule"] == "sea"
    assert alerted(daemon, OTHER["url"]) == 0
