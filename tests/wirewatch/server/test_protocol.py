"""The server against clients that take their time, over real sockets."""

import contextlib
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.halfopen import BODY, HEAD, NOTHING, UNREAD, half_open
from tests.support.waiting import wait_for
from tests.wirewatch.web.asking import JSON, Answer, FakeDoor, HeldDoor, ask
from tests.wirewatch.web.scene import Scene, scene, serving
from wirewatch.server.limits import ConnectionLimits

FEW = ConnectionLimits(connections=8, per_client=4, head_s=60, body_s=60)
SHORT = ConnectionLimits(head_s=0.4, body_s=0.4)
ARTICLE = b'{"title": "A title", "text": "A text."}'


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path) as opened:
        yield opened


def connect(origin: str, source: str = "127.0.0.1") -> socket.socket:
    parts = urlsplit(origin)
    return socket.create_connection((parts.hostname or "", parts.port or 0), 20, source_address=(source, 0))


def push(origin: str) -> Answer:
    return ask(origin, "/v1/articles", "POST", body=ARTICLE, headers=JSON)


def read_all(connection: socket.socket) -> bytes:
    """Everything until the server hangs up."""
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65_536):
            found += part
    return found


@pytest.mark.parametrize(("begun", "answer"), [(HEAD, b" 408 "), (BODY, b" 408 "), (NOTHING, b"")])
def test_given_a_request_that_never_ends_when_its_time_is_up_then_it_is_told_and_cut_off(
    stage: Scene, begun: bytes, answer: bytes
) -> None:
    with serving(stage.sight, door=FakeDoor(), limits=SHORT) as origin, connect(origin) as slow:
        slow.sendall(begun)

        said = read_all(slow)

    assert said[8:13] == answer
    assert (b"connection: close" in said) == bool(answer)


@pytest.mark.parametrize("begun", [HEAD, BODY, UNREAD])
def test_given_a_byte_now_and_then_when_sent_then_it_buys_no_time(stage: Scene, begun: bytes) -> None:
    with serving(stage.sight, door=FakeDoor(), limits=SHORT) as origin:
        with half_open(origin, 1, [begun]) as slow:
            began = time.monotonic()

            def is_cut_off() -> bool:
                with contextlib.suppress(OSError):
                    slow._sockets[0].send(b"x")  # type: ignore[union-attr]  # it is open
                return slow.held == 0

            wait_for(is_cut_off)

        assert time.monotonic() - began < 5


def test_given_every_place_taken_by_half_requests_when_asked_then_all_is_answered(stage: Scene) -> None:
    door = FakeDoor()
    with serving(stage.sight, door=door, limits=FEW) as origin, half_open(origin, 40):
        paths = ("/healthz", "/metrics", "/readyz", "/", "/v1/alerts")
        answers = [ask(origin, path).status for path in paths]
        pushed = push(origin)

    assert answers == [HTTPStatus.OK] * 5
    assert pushed.status == HTTPStatus.ACCEPTED
    assert len(door.taken) == 1


def test_given_the_server_holds_few_when_many_come_then_it_holds_no_more_files(stage: Scene) -> None:
    with serving(stage.sight, limits=FEW) as origin, half_open(origin, 100) as slow:
        wait_for(lambda: slow.held <= FEW.connections)

        assert ask(origin, "/healthz").status == HTTPStatus.OK


def test_given_every_place_taken_by_answers_under_way_when_asked_then_health_has_its_own(
    stage: Scene,
) -> None:
    door = HeldDoor()
    with serving(stage.sight, door=door, limits=FEW) as origin, ThreadPoolExecutor(8) as many:
        pushes = [many.submit(push, origin) for _ in range(8)]
        wait_for(lambda: door.waiting == 8)

        refused, health, scraped = (ask(origin, path) for path in ("/", "/healthz", "/metrics"))
        door.open()
        pushed = {one.result().status for one in pushes}

    assert (refused.status, refused.headers["retry-after"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "5")
    assert (health.status, scraped.status) == (HTTPStatus.OK, HTTPStatus.OK)
    assert pushed == {HTTPStatus.ACCEPTED}


def test_given_answers_under_way_when_the_server_stops_then_they_are_503_and_no_fault(
    stage: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    door = HeldDoor()
    with ThreadPoolExecutor(1) as one:
        with serving(stage.sight, door=door) as origin, half_open(origin, 8):
            pushing = one.submit(push, origin)
            wait_for(lambda: door.waiting == 1)
            stage.sight.readiness.drain()
        answer = pushing.result()

    assert (answer.status, answer.headers["retry-after"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "5")
    assert "Traceback" not in caplog.text


def test_given_an_answer_that_nobody_takes_when_its_time_is_up_then_the_connection_ends(stage: Scene) -> None:
    for number in range(300):
        stage.bury(f"reason-{number}-" + "x" * 400)
    with serving(stage.sight, limits=SHORT) as origin, connect(origin) as greedy:
        greedy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        asked = b"GET /dead-letters HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"
        greedy.settimeout(0.05)

        def is_cut_off() -> bool:
            try:
                greedy.sendall(asked * 50)
            except TimeoutError:
                return False
            except OSError:
                return True
            return False

        wait_for(is_cut_off)


def test_given_one_address_beside_others_when_it_takes_all_it_may_then_the_others_have_theirs(
    stage: Scene,
) -> None:
    with serving(stage.sight, limits=FEW, proxies=()) as origin, contextlib.ExitStack() as held:
        for _ in range(30):
            held.enter_context(connect(origin, "127.0.0.2")).sendall(HEAD)
        kept = [held.enter_context(connect(origin, "127.0.0.3")) for _ in range(3)]
        for one in kept:
            one.sendall(HEAD)
        answers = [ask(origin, "/healthz").status for _ in range(20)]
        for one in kept:
            one.sendall(b"done\r\nconnection: close\r\n\r\n")

        assert answers == [HTTPStatus.OK] * 20
        assert [read_all(one)[:12] for one in kept] == [b"HTTP/1.1 200"] * 3


def test_given_requests_one_after_the_other_when_on_one_connection_then_each_has_its_own_time(
    stage: Scene,
) -> None:
    with serving(stage.sight, limits=SHORT) as origin:
        connection = HTTPConnection(urlsplit(origin).netloc, timeout=20)
        ends_at, answers = time.monotonic() + 1.2, set()
        while time.monotonic() < ends_at:
            connection.request("GET", "/healthz")
            response = connection.getresponse()
            answers.add((response.status, response.read()))
        connection.close()

    assert answers == {(200, b"ok\n")}


def test_given_requests_side_by_side_when_within_the_places_then_none_is_refused(stage: Scene) -> None:
    with (
        serving(stage.sight, limits=ConnectionLimits(connections=16)) as origin,
        ThreadPoolExecutor(8) as many,
    ):
        answers = list(many.map(lambda _: ask(origin, "/healthz").status, range(400)))

    assert answers == [HTTPStatus.OK] * 400
