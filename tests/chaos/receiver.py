"""A webhook receiver on loopback that fails now and then, and remembers everything that reached it."""

import json
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

from tests.support.ledger import Reception

SECRET = "whsec_Y2hhb3MtbWFrZXMtdGhlLW11c2U="


class Receiver:
    """Takes what is posted to /life/N. A `failure_rate` of 0.02 refuses one request in fifty:

    every other time with a 500, else by closing the connection once the request was read.
    """

    def __init__(self, failure_rate: float, rng: random.Random) -> None:
        self.failure_rate = failure_rate
        self._rng = rng
        self._news = threading.Condition()
        self._receptions: list[Reception] = []
        self._taken: set[tuple[str, str]] = set()
        self.port = 0
        self.unsigned = 0

    @property
    def receptions(self) -> list[Reception]:
        """Everything that arrived, in order."""
        with self._news:
            return list(self._receptions)

    def url(self, life: int) -> str:
        """Where the process of this life posts to."""
        return f"http://127.0.0.1:{self.port}/life/{life}"

    @property
    def taken(self) -> int:
        """How many different alerts were taken."""
        with self._news:
            return len(self._taken)

    def wait_for_taken(self, count: int, timeout_s: float) -> bool:
        """Wait until so many different alerts were taken."""
        with self._news:
            return self._news.wait_for(lambda: len(self._taken) >= count, timeout_s)

    def take(self, path: str, headers: dict[str, str], body: bytes) -> str:
        """Remember one request; returns what to answer: `ok`, `error` or `close`."""
        data = json.loads(body)["data"]
        with self._news:
            answer = "ok"
            if self._rng.random() < self.failure_rate:
                answer = self._rng.choice(("error", "close"))
            rule, url = data["rule"]["id"], data["article"]["url"]
            life = int(path.rpartition("/")[2])
            self._receptions.append(Reception(headers["webhook-id"], rule, url, life, answer == "ok"))
            self.unsigned += not _is_signed(headers, body)
            if answer == "ok":
                self._taken.add((rule, url))
            self._news.notify_all()
        return answer


def _is_signed(headers: dict[str, str], body: bytes) -> bool:
    try:
        Webhook(SECRET).verify(body, headers)
    except Exception:  # noqa: BLE001 - whatever the library finds, it is no signature
        return False
    return True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.receiver.take(self.path, headers, body)
        if answer == "close":
            self.close_connection = True
            return
        self.send_response(204 if answer == "ok" else 500)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        """Say nothing: every request is remembered."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_args: Any) -> None:
        """A client that was killed is what this is about."""


@contextmanager
def receiving(failure_rate: float, rng: random.Random) -> Iterator[Receiver]:
    """Listen on a free port until the block ends."""
    receiver = Receiver(failure_rate, rng)
    handler = type("Handler", (_Handler,), {"receiver": receiver})
    server = _Server(("127.0.0.1", 0), handler)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
