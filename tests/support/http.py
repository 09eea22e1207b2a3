"""A real HTTP receiver on loopback that does what a test needs of it."""

import socket
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pytest_httpserver import HTTPServer
from standardwebhooks import Webhook
from werkzeug.wrappers import Request, Response


@dataclass
class Receiver:
    """Takes what is posted to /hook. Answers are given in turn, then 204."""

    server: HTTPServer
    answers: deque[Response] = field(default_factory=deque)
    requests: list[Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server.expect_request("/hook", method="POST").respond_with_handler(self._take)

    def _take(self, request: Request) -> Response:
        self.requests.append(request)
        self.bodies.append(request.get_data())
        return self.answers.popleft() if self.answers else Response(status=204)

    def url(self, path: str = "/hook") -> str:
        return self.server.url_for(path)

    def verified(self, number: int, secret: str) -> Any:
        """The payload of a request, whose signature the reference library accepts."""
        return Webhook(secret).verify(self.bodies[number], dict(self.requests[number].headers))

    def header(self, name: str) -> list[str]:
        return [request.headers.get(name, "") for request in self.requests]


@contextmanager
def raw_server(answer: bytes, *, keep_open: bool = False) -> Iterator[str]:
    """Answer every connection with these bytes, whatever it asks; yields the URL to post to."""
    listening = socket.create_server(("127.0.0.1", 0))
    closing = threading.Event()

    def serve() -> None:
        while not closing.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                connection.recv(65_536)
                connection.sendall(answer)
                if keep_open:
                    closing.wait(timeout=20)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/hook"
    finally:
        closing.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(timeout=20)
