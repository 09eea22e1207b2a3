import asyncio
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from stream.errors import StateError
from tests.wirewatch.web.asking import BROWSER, JSON, FakeDoor, ask, look, send_raw
from tests.wirewatch.web.scene import Scene, scene, serving
from wirewatch.web.guard import read_body

ARTICLE = b'{"title": "A title", "text": "A text."}'
MUST = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.fixture(scope="module")
def only_door() -> FakeDoor:
    return FakeDoor()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with scene(tmp_path_factory.mktemp("guard")) as opened:
        yield opened


@pytest.fixture(scope="module")
def origin(shared: Scene, only_door: FakeDoor) -> Iterator[str]:
    with serving(shared.sight, door=only_door, max_body_bytes=2_000) as address:
        yield address


@pytest.fixture(scope="module")
def guarded(shared: Scene, only_door: FakeDoor) -> Iterator[str]:
    with serving(shared.sight, door=only_door, token="open-sesame") as address:
        yield address


@pytest.fixture
def door(only_door: FakeDoor) -> Iterator[FakeDoor]:
    only_door.taken.clear()
    yield only_door
    only_door.answer = None


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil", "[::2]", "a@b"]
)
@pytest.mark.parametrize("path", ["/", "/alerts", "/v1/alerts", "/metrics", "/nowhere"])
def test_given_a_name_bound_to_our_address_when_asked_by_it_then_it_is_misdirected(
    origin: str, host: str, path: str
) -> None:
    answer = ask(origin, path, headers={"host": host})

    assert answer.status == HTTPStatus.MISDIRECTED_REQUEST


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1234", "127.0.0.1"])
def test_given_our_own_name_when_asked_by_it_then_we_answer(origin: str, host: str) -> None:
    assert ask(origin, "/healthz", headers={"host": host}).status == HTTPStatus.OK


def test_given_no_host_when_asked_then_it_is_misdirected(origin: str) -> None:
    assert b" 421 " in send_raw(origin, b"GET / HTTP/1.0\r\n\r\n")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/alerts", 200),
        ("/healthz", 200),
        ("/readyz", 200),
        ("/metrics", 200),
        ("/openapi.json", 200),
        ("/static/wirewatch.css", 200),
        ("/alerts?severity=loud", 400),
        ("/nowhere", 404),
        ("/v1/nowhere", 404),
        ("/v1/articles", 405),
    ],
)
def test_given_any_answer_when_looked_at_then_it_carries_the_security_headers_once(
    origin: str, path: str, status: int
) -> None:
    answer = look(origin, path)

    assert answer.status == status
    assert {name: answer.headers.get(name) for name in MUST} == MUST
    assert "server" not in answer.headers


@pytest.mark.parametrize(("error", "status"), [(RuntimeError("boom"), 500), (StateError("locked"), 503)])
def test_given_a_fault_when_answered_then_the_headers_are_there_and_the_reason_is_not(
    origin: str, door: FakeDoor, error: Exception, status: int
) -> None:
    door.answer = error

    answer = ask(origin, "/v1/articles", "POST", body=ARTICLE, headers=JSON)

    assert answer.status == status
    assert {name: answer.headers.get(name) for name in MUST} == MUST
    assert str(error) not in answer.text


def test_given_a_page_of_the_moment_when_answered_then_it_may_not_be_kept(origin: str) -> None:
    assert look(origin, "/").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer wrong", "Basic open-sesame", "open-sesame", "Bearer \xff"]
)
def test_given_a_token_when_another_is_sent_then_nothing_is_taken(
    guarded: str, door: FakeDoor, value: str
) -> None:
    answer = ask(guarded, "/v1/articles", "POST", body=ARTICLE, headers={**JSON, "authorization": value})

    assert answer.status == HTTPStatus.UNAUTHORIZED
    assert answer.headers["www-authenticate"] == "Bearer"
    assert door.taken == []


def test_given_a_token_when_it_is_sent_then_the_article_is_taken(guarded: str, door: FakeDoor) -> None:
    headers = {**JSON, "authorization": "bearer open-sesame"}

    assert ask(guarded, "/v1/articles", "POST", body=ARTICLE, headers=headers).status == HTTPStatus.ACCEPTED
    assert len(door.taken) == 1


@pytest.mark.parametrize("from_", ["https://evil.example", "null", "http://localhost:1", "http://127.0.0.1"])
def test_given_no_token_when_another_origin_writes_then_it_may_not(
    origin: str, door: FakeDoor, from_: str
) -> None:
    answer = ask(origin, "/v1/articles", "POST", body=ARTICLE, headers={**JSON, "origin": from_})

    assert answer.status == HTTPStatus.FORBIDDEN
    assert door.taken == []


def test_given_no_token_when_our_own_origin_writes_then_it_may(origin: str) -> None:
    answer = ask(origin, "/v1/articles", "POST", body=ARTICLE, headers={**JSON, "origin": origin})

    assert answer.status == HTTPStatus.ACCEPTED


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 202),
        ("Application/JSON; charset=utf-8", 202),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/jsonp", 415),
        ("", 415),
    ],
)
def test_given_a_content_type_when_written_then_only_json_is_taken(
    origin: str, kind: str, status: int
) -> None:
    headers = {"content-type": kind}

    assert ask(origin, "/v1/articles", "POST", body=ARTICLE, headers=headers).status == status


def test_given_a_foreign_page_when_it_asks_before_writing_then_it_is_granted_nothing(origin: str) -> None:
    headers = {"origin": "https://evil.example", "access-control-request-method": "POST", **BROWSER}

    answer = ask(origin, "/v1/articles", "OPTIONS", headers=headers)

    assert answer.status == HTTPStatus.METHOD_NOT_ALLOWED
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_given_a_body_that_says_it_is_too_large_when_sent_then_it_is_refused_unread(origin: str) -> None:
    head = b"POST /v1/articles HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"

    answer = send_raw(origin, head + b"content-length: 999999999\r\n\r\n")

    assert b" 413 " in answer.splitlines()[0]


def test_given_a_body_that_hides_its_size_when_it_grows_too_large_then_it_is_refused(
    origin: str, door: FakeDoor
) -> None:
    head = b"POST /v1/articles HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    chunk = b"400\r\n" + b"[" * 0x400 + b"\r\n"

    answer = send_raw(origin, head + b"transfer-encoding: chunked\r\n\r\n" + chunk * 3)

    assert b" 413 " in answer.splitlines()[0]
    assert door.taken == []


def read(messages: list[Message], timeout_s: float = 5.0) -> bytes | Response:
    never = asyncio.Event()

    async def receive() -> Message:
        if messages:
            return messages.pop(0)
        await never.wait()
        raise AssertionError

    scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
    return asyncio.run(read_body(Request(scope, receive), 100, timeout_s))


def test_given_a_body_in_parts_when_read_then_it_is_whole() -> None:
    parts: list[Message] = [
        {"type": "http.request", "body": b"ab", "more_body": True},
        {"type": "http.request", "body": b"cd", "more_body": False},
    ]

    assert read(parts) == b"abcd"


def test_given_a_body_that_stalls_when_read_then_the_wait_ends() -> None:
    answer = read([{"type": "http.request", "body": b"a", "more_body": True}], timeout_s=0.01)

    assert isinstance(answer, Response)
    assert answer.status_code == HTTPStatus.REQUEST_TIMEOUT


def test_given_a_client_that_hangs_up_when_read_then_it_is_no_fault_of_ours() -> None:
    answer = read([{"type": "http.disconnect"}])

    assert isinstance(answer, Response)
    assert answer.status_code == HTTPStatus.BAD_REQUEST
