"""Two whole processes, each with a log of its own, share the sources and raise every alert once."""

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from xml.sax.saxutils import escape

import psycopg
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from stream.server import Server
from tests.acceptance.conftest import SENTENCE
from tests.acceptance.test_roles import FILE_ROUTES
from tests.support.daemon import Daemon, Site
from tests.support.waiting import wait_for

FEEDS = 10
_RSS = '<?xml version="1.0"?><rss version="2.0"><channel><title>Feed {feed}</title>{items}</channel></rss>'
_ITEM = "<item><title>{title}</title><link>{link}</link><description>{text}</description></item>"


class Press:
    """Feeds whose articles a test adds; knows who asked for each last."""

    def __init__(self, server: HTTPServer) -> None:
        self._server = server
        self._guard = threading.Lock()
        self._stories: dict[int, list[str]] = {feed: [] for feed in range(FEEDS)}
        self.readers: dict[int, str] = {}
        for feed in range(FEEDS):
            server.expect_request(f"/feed/{feed}").respond_with_handler(self._answer)

    def url(self, feed: int) -> str:
        return self._server.url_for(f"/feed/{feed}")

    def print(self, name: str) -> None:
        """Add an article to every feed."""
        with self._guard:
            for feed, stories in self._stories.items():
                stories.append(f"https://news.example.org/{feed}/{name}")
            self.readers.clear()

    @property
    def links(self) -> list[str]:
        with self._guard:
            return sorted(link for stories in self._stories.values() for link in stories)

    def _answer(self, request: Request) -> Response:
        feed = int(request.path.rpartition("/")[2])
        with self._guard:
            self.readers[feed] = "a" if "reader-a" in request.headers["user-agent"] else "b"
            items = "".join(
                _ITEM.format(title=f"Ministers meet, {escape(link)}", link=link, text=escape(SENTENCE))
                for link in self._stories[feed]
            )
        return Response(_RSS.format(feed=feed, items=items), content_type="application/rss+xml")


@pytest.fixture
def press(httpserver: HTTPServer) -> Iterator[Press]:
    yield Press(httpserver)
    httpserver.clear()


@pytest.fixture
def desk(site: Site, press: Press) -> Path:
    path = site.folder / "desk" / "alerts.jsonl"
    site.write("routes.yaml", FILE_ROUTES % path)
    feeds = "".join(
        f"  - {{id: feed-{feed}, kind: feed, url: '{press.url(feed)}', interval_s: 1}}\n"
        for feed in range(FEEDS)
    )
    site.write("sources.yaml", f"sources:\n{feeds}")
    return path


def delivered(desk: Path) -> list[str]:
    lines = desk.read_text().splitlines() if desk.exists() else []
    return sorted(json.loads(line)["data"]["article"]["url"] for line in lines)


def start(site: Site, name: str, server: Server) -> Daemon:
    return site.start(
        WIREWATCH_STATE_DIR=str(site.folder / f"state-{name}"),
        WIREWATCH_DATABASE__URL=server.url,
        WIREWATCH_INGEST__FETCH__CONTACT=f"reader-{name}",
        WIREWATCH_INGEST__POLLING__FIRST_POLLS_SPREAD_S="0",
        WIREWATCH_NET__ALLOW_PRIVATE="true",
    )


def end_lease_of_the_dead(server: Server) -> None:
    """What half a minute does: who has not renewed since is dead."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("UPDATE ingest_members SET expires_at = now() - INTERVAL '1 second'")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_given_two_ingesters_when_one_ends_then_its_sources_move_and_every_alert_comes_once(
    site: Site, desk: Path, press: Press, empty_postgres: Server, end: signal.Signals
) -> None:
    press.print("first")
    with ExitStack() as running:
        daemons = {}
        for name in "ab":
            daemons[name] = start(site, name, empty_postgres)
            running.callback(daemons[name].process.kill)
        wait_for(lambda: delivered(desk) == press.links, 60)
        wait_for(lambda: set(press.readers.values()) == {"a", "b"}, 60)
        press.print("second")
        wait_for(lambda: delivered(desk) == press.links, 60)
        wait_for(lambda: not any("nothing heard" in one.get("/sources").text for one in daemons.values()), 60)

        daemons["a"].end(end)
        press.print("third")
        if end == signal.SIGKILL:
            end_lease_of_the_dead(empty_postgres)
        wait_for(lambda: len(press.readers) == FEEDS and set(press.readers.values()) == {"b"}, 60)
        wait_for(lambda: set(delivered(desk)) == set(press.links), 60)

        daemons["a"] = start(site, "a", empty_postgres)
        running.callback(daemons["a"].process.kill)
        press.print("fourth")
        wait_for(lambda: set(press.readers.values()) == {"a", "b"}, 60)
        wait_for(lambda: set(delivered(desk)) == set(press.links), 60)
        codes = [daemon.end() for daemon in daemons.values()]

    assert codes == [0, 0]
    assert sorted(set(delivered(desk))) == press.links
    assert len(delivered(desk)) - len(press.links) <= (16 if end == signal.SIGKILL else 0)  # in flight then
