"""A running service says when the rules do not mean what their tests say."""

from tests.acceptance.conftest import WATCHLIST
from tests.support.daemon import Site
from tests.support.waiting import wait_for

TESTS = """
    tests:
      - {article: "Iran and Turkey agree on military cooperation", expect: match}
      - {article: "Iran and Turkey agree on a dam", expect: %s}
"""
FAILED = 'wirewatch_rule_tests{result="failed"}'


def test_given_a_reload_that_brings_a_failing_test_when_it_was_run_then_log_metric_and_pages_say_so(
    site: Site,
) -> None:
    site.write("watchlists/mideast.yaml", WATCHLIST + TESTS % "no_match")
    with site.running() as daemon:
        daemon.wait_for_log("tests of rules pass")
        wait_for(lambda: daemon.metric('wirewatch_rule_tests{result="passed"}') == 2)

        site.write("watchlists/mideast.yaml", WATCHLIST + TESTS % "match")
        warned = daemon.wait_for_log("tests of rules fail")
        wait_for(lambda: daemon.metric(FAILED) == 1)
        rule, overview = daemon.get("/rules/ir-tr").text, daemon.get("/").text

        assert daemon.end() == 0

    assert warned["where"].endswith("mideast.yaml:14")
    assert (warned["rules"], warned["failed"], warned["wanted"], warned["got"]) == (
        "ir-tr",
        1,
        "match",
        "no_match",
    )
    assert "1 test of rules fails." in overview
    assert 'href="/rules/ir-tr"' in overview
    assert rule.count("st-passed") == 1
    assert "It gave <b>no_match</b>" in rule
    assert "✗ when.theme" in rule
