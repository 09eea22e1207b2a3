"""A machine whose network is away: what there is to read is read, and the rest is said in one line."""

import json
import socket
from contextlib import ExitStack

from pytest_httpserver import HTTPServer

from tests.acceptance.conftest import SENTENCE, STORY, drop
from tests.support.daemon import Site

HOSTS = 12
FEED = '<rss version="2.0"><channel><title>W</title><item><title>Quiet</title></item></channel></rss>'


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def feeds(site: Site, port: int) -> None:
    """Twelve feeds, each of a host of its own: loopback addresses, at a port where nobody listens yet."""
    text = (site.config / "sources.yaml").read_text(encoding="utf-8").rstrip()
    more = [
        f'  - {{id: far{n}, kind: feed, url: "http://127.0.0.{n + 2}:{port}/feed"}}' for n in range(HOSTS)
    ]
    site.write("sources.yaml", "\n".join([text, *more, ""]))


def test_given_no_network_when_first_run_then_one_line_says_so_and_when_it_is_back_all_are_polled(
    site: Site,
) -> None:
    port = free_port()
    feeds(site, port)
    drop(site, "wire.jsonl", json.dumps(STORY))
    settings = {
        "WIREWATCH_NET__ALLOW": '["127.0.0.0/8"]',
        "WIREWATCH_INGEST__POLLING__FIRST_POLLS_SPREAD_S": "1",
    }

    with site.running(**settings) as daemon, ExitStack() as network:
        daemon.wait_for_log("no source can be reached")
        daemon.out.wait(lambda line: SENTENCE in line.replace("*", ""), timeout_s=60)
        warnings = [line for line in daemon.err.all if '"warning"' in line]
        for n in range(HOSTS):
            server = network.enter_context(HTTPServer(host=f"127.0.0.{n + 2}", port=port))
            server.expect_request("/feed").respond_with_data(FEED, content_type="application/rss+xml")
        back = daemon.wait_for_log("the network is back", 60)

        assert len(warnings) == 1
        assert back["sources"] == HOSTS + 1
