"""The HTTP server's role: what it listens with."""

import time
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from wirewatch.roles.web import WebRole
from wirewatch.server.limits import ConnectionLimits
from wirewatch.server.metrics import ServerMetrics
from wirewatch.server.server import BoundedServer


async def hello(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


@pytest.fixture
def origin() -> Iterator[str]:
    app = Starlette(routes=[Route("/", hello)])
    server = BoundedServer(app, ConnectionLimits(), (), ServerMetrics(CollectorRegistry()))
    role = WebRole(server, "127.0.0.1", 0)
    role.start()
    yield role.address
    role.stop()


def test_given_a_kept_connection_when_asked_again_then_no_answer_waits_for_an_acknowledgement(
    origin: str,
) -> None:
    connection = HTTPConnection(urlsplit(origin).netloc)
    took_s = []

    for _ in range(20):
        began = time.perf_counter()
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"hello"
        took_s.append(time.perf_counter() - began)
    connection.close()

    # A delayed acknowledgement takes 40 ms, and all but the first few answers would wait for one.
    assert min(took_s[10:]) < 0.03
