"""What is documented as measured is seen to move while a real daemon works."""

from pytest_httpserver import HTTPServer

from tests.acceptance.conftest import SOURCES, STORY, WATCHLIST, drop
from tests.docs.blocks import OPERATIONS, table
from tests.support.daemon import Daemon, Site
from tests.support.waiting import wait_for

FEED = "<rss version='2.0'><channel><item><title>Calm at sea</title><link>https://a.example/1</link></item></channel></rss>"
TESTS = "    tests: [{article: Iran and Turkey agree on military cooperation, expect: match}]\n"
# What moves only when something goes wrong: tests of the parts see to these.
IN_TROUBLE = frozenset(
    """
    wirewatch_hand_overs_refused_total wirewatch_poll_jobs_lost_total wirewatch_workers_lost_total
    wirewatch_unusable_records_total wirewatch_delivery_uncertain_total wirewatch_sink_paused
    wirewatch_sink_disabled wirewatch_dead_letters_total wirewatch_loop_failures_total
    wirewatch_http_connections_ended_total wirewatch_network_lost
    """.split()
)
# What is there, and nothing again as soon as the work is done.
AT_REST = frozenset(
    {
        "wirewatch_polls_running",
        "wirewatch_items_in_flight",
        "wirewatch_outbox_pending",
        "wirewatch_outbox_oldest_seconds",
        "wirewatch_lag_records",
    }
)
# What needs to have seen a source for longer than a test: `tests/wirewatch/test_hearing.py` sees to these.
IN_TIME = frozenset({"wirewatch_sources_with_news", "wirewatch_sources_with_news_usually"})


def moved(daemon: Daemon) -> set[str]:
    """The families that have a sample other than 0; of a histogram its count."""
    found = set()
    for line in daemon.get("/metrics").text.splitlines():
        name, _, value = line.rpartition(" ")
        if not line.startswith("#") and float(value) != 0:
            found.add(name.partition("{")[0].removesuffix("_count"))
    return found


def test_given_a_daemon_at_work_when_scraped_then_every_metric_of_work_has_moved(
    site: Site, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/rss").respond_with_data(FEED, content_type="application/rss+xml")
    feed = f"  - {{id: wire, kind: feed, interval_s: 5, url: '{httpserver.url_for('/rss')}'}}\n"
    site.write("sources.yaml", SOURCES + feed)
    site.write("watchlists/mideast.yaml", WATCHLIST + TESTS)
    expected = {row[0] for row in table(OPERATIONS, "metric")} - IN_TROUBLE - AT_REST - IN_TIME

    with site.running(WIREWATCH_NET__ALLOW='["localhost", "127.0.0.0/8"]') as daemon:
        assert daemon.push(STORY).status == 202
        drop(site, "one.jsonl", '{"title": "Calm", "text": "Nothing happened at sea today, they said."}\n')
        daemon.out.wait(lambda line: "/pact" in line)

        wait_for(lambda: expected <= moved(daemon), 60)
