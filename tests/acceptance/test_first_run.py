import json
import signal
import time

import pytest

from tests.acceptance.conftest import MISS, SENTENCE, STORY, drop
from tests.support.daemon import Daemon, Site


def drop_articles(site: Site) -> None:
    drop(site, "wire.jsonl", "\n".join(json.dumps(article) for article in (STORY, MISS)))


def wait_for_alert(daemon: Daemon) -> str:
    return daemon.out.wait(lambda line: SENTENCE in line.replace("*", ""), timeout_s=60)


def test_given_a_folder_of_articles_when_first_run_then_within_a_minute_the_console_shows_the_proof(
    site: Site,
) -> None:
    drop_articles(site)

    with site.running() as daemon:
        wait_for_alert(daemon)
        daemon.wait_until_ready()
        metrics = daemon.get("/metrics").text
        listed = daemon.get("/v1/alerts")

    assert 'wirewatch_rule_matches_total{rule="ir-tr"} 1.0' in metrics
    assert listed.status == 200
    assert STORY["url"] in listed.text
    assert MISS["url"] not in listed.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_given_a_running_daemon_when_told_to_stop_then_it_drains_and_exits_0_within_ten_seconds(
    site: Site, number: signal.Signals
) -> None:
    drop_articles(site)

    with site.running() as daemon:
        wait_for_alert(daemon)
        began = time.monotonic()
        code = daemon.end(number)

        assert code == 0
        assert time.monotonic() - began < 10
        assert daemon.logged("stopped")


def test_given_a_first_run_when_started_again_then_it_alerts_nothing_again(site: Site) -> None:
    drop_articles(site)
    with site.running() as daemon:
        wait_for_alert(daemon)
        daemon.end()

    drop(site, "again.jsonl", json.dumps(STORY))
    drop(site, "more.jsonl", json.dumps({**STORY, "url": "https://news.example.org/second"}))
    with site.running() as daemon:
        # The new article comes after the old one on the only way there is: when it is there, the other was.
        daemon.out.wait(lambda line: "/second" in line, timeout_s=60)
        daemon.end()

        assert "/pact" not in daemon.out.text()
