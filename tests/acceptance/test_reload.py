import signal

from tests.acceptance.conftest import STORY, WATCHLIST
from tests.support.daemon import Site
from tests.support.waiting import wait_for

RELOADED = "wirewatch_config_last_reload_successful"
NEW_RULE = """
  - id: mountains
    title: What happens in the mountains
    when: {text: in the mountains}
"""


def test_given_a_broken_file_when_hung_up_then_the_old_rules_go_on_until_it_is_mended(site: Site) -> None:
    with site.running() as daemon:
        daemon.wait_for_log("started")

        site.write("watchlists/mideast.yaml", WATCHLIST.replace("[IR, TR]", "[IR, TRR]"))
        daemon.send(signal.SIGHUP)
        broken = daemon.wait_for_log("configuration is broken, the old one stays")
        wait_for(lambda: daemon.metric(RELOADED) == 0)
        daemon.push(STORY)
        daemon.out.wait(lambda line: "/pact" in line)

        site.write("watchlists/mideast.yaml", WATCHLIST + NEW_RULE)
        daemon.send(signal.SIGHUP)
        wait_for(lambda: daemon.metric(RELOADED) == 1)
        daemon.push({**STORY, "url": "https://news.example.org/two"})
        daemon.out.wait(lambda line: "What happens" in line and "/two" in line)

        assert "mideast.yaml:9:" in broken["where"]
        assert daemon.end() == 0
