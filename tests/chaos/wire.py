"""A feed on loopback that has one more article each time it is asked, and remembers when that was."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any

from tests.chaos import articles

_SHOWN = 200
_FIRST = 1_000_000  # numbers of its own, apart from those that are pushed


class Wire:
    """Every article it has ever shown is in `numbers`."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._asked_s: list[float] = []
        self._counted_from = 0
        self.port = 0
        self._ended_s: float | None = None

    @property
    def numbers(self) -> list[int]:
        return [_FIRST + number for number in range(self._shown)]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/feed.xml"

    @property
    def polls(self) -> int:
        with self._guard:
            return len(self._asked_s)

    def longest_gap_s(self) -> float:
        """The longest time without a poll, from when it counts until the feed has ended, or now."""
        with self._guard:
            counted = [*self._asked_s[self._counted_from :], self._ended_s or time.monotonic()]
        return max((after - before for before, after in pairwise(counted)), default=0.0)

    def count_from_now(self) -> None:
        """Let gaps count: the first polls wait until a process that reads feeds has started."""
        self._counted_from = max(0, self.polls - 1)

    def end(self) -> None:
        """Have no more articles, and count no more gaps."""
        self._ended_s = time.monotonic()

    def answer(self) -> bytes:
        """The feed as it is now: with one article more, unless it has ended."""
        with self._guard:
            if self._ended_s is None:
                self._asked_s.append(time.monotonic())
        items = "".join(_item(number) for number in self.numbers[-_SHOWN:])
        return f'<rss version="2.0"><channel><title>Wire</title>{items}</channel></rss>'.encode()

    @property
    def _shown(self) -> int:
        with self._guard:
            return len(self._asked_s)


def _item(number: int) -> str:
    article = articles.raw(number)
    return (
        f"<item><title>{article['title']}</title><link>{article['url']}</link>"
        f"<description>{escape(article['text'])}</description></item>"
    )


class _Handler(BaseHTTPRequestHandler):
    wire: Wire

    def do_GET(self) -> None:
        body = self.wire.answer() if self.path == "/feed.xml" else b""
        self.send_response(200 if body else 404)
        self.send_header("content-type", "application/rss+xml")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@contextmanager
def publishing() -> Iterator[Wire]:
    """Publish on a free port until the block ends."""
    wire = Wire()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"wire": wire}))
    server.daemon_threads = True
    wire.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield wire
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
