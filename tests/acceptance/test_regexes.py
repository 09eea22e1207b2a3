"""Ordinary patterns that ended the process in another engine, and a pattern that would end this one."""

import signal

from tests.acceptance.conftest import WATCHLIST
from tests.support.daemon import Site
from tests.support.waiting import wait_for

PATTERNS = {"ab": "a+b", "ha": "(ha)+!", "dash": "-+b", "nine": "9+11", "na": "(?:na)+"}
RULES = "".join(f"\n  - {{id: {name}, when: {{text: {{regex: '{one}'}}}}}}" for name, one in PATTERNS.items())
KILLING = WATCHLIST + "\n  - {id: bad, when: {text: {regex: 'zz+y'}}}"
RELOADED = "wirewatch_config_last_reload_successful"


def test_given_patterns_that_crashed_another_engine_when_reloaded_and_matched_then_the_daemon_goes_on(
    site: Site,
) -> None:
    with site.running() as daemon:
        daemon.wait_for_log("started")
        site.write("watchlists/mideast.yaml", WATCHLIST + RULES)
        daemon.send(signal.SIGHUP)
        daemon.wait_for_log("configuration reloaded")
        articles = [
            {"url": f"https://news.example.org/{name}", "title": "Report", "text": unit * 400 + tail}
            for name, unit, tail in (
                ("ab", "a", "b"),
                ("ha", "ha", "!"),
                ("dash", "-", "b"),
                ("nine", "9", "11"),
                ("na", "na", ""),
                ("none", "x ", "."),
            )
        ]
        answer = daemon.push(articles)
        accepted = [row for row in answer.json()["articles"] if row["state"] == "accepted"]
        wait_for(
            lambda: daemon.metric('wirewatch_records_consumed_total{result="processed"}') == len(accepted)
        )

        assert len(accepted) == len(articles)
        assert daemon.metric('wirewatch_rule_matches_total{rule="na"}') == 1
        assert daemon.metric('wirewatch_rule_matches_total{rule="ha"}') == 1
        assert daemon.end() == 0


def test_given_a_pattern_that_kills_when_reloaded_then_it_is_refused_with_its_place_and_the_old_rules_stay(
    site: Site,
) -> None:
    with site.running(WIREWATCH_FAILPOINT="regex.scan=zz+y") as daemon:
        daemon.wait_for_log("started")
        site.write("watchlists/mideast.yaml", KILLING)
        daemon.send(signal.SIGHUP)
        broken = daemon.wait_for_log("configuration is broken, the old one stays")

        assert daemon.metric(RELOADED) == 0
        assert "mideast.yaml:12:" in broken["where"]
        assert broken["reason"] == "the pattern kills the engine that runs it (SIGKILL)"
        assert daemon.end() == 0
