"""What every request passes first: a known host, a bounded body, and strict headers on the way out."""

import asyncio
import hmac
from collections.abc import Iterable
from http import HTTPStatus

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stream.untrusted.numbers import whole_number
from wirewatch.web.problem import problem

MAX_BODY_BYTES = 1024 * 1024
BODY_TIMEOUT_S = 30.0

SECURITY_HEADERS = (
    (
        b"content-security-policy",
        (
            b"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
            b"img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_NO_STORE = (b"cache-control", b"no-store")


class HostGuard:
    """Refuses requests whose Host is not ours (DNS rebinding) and adds the security headers to every answer.

    What does not say how long it may be kept may not be kept: answers show the state of a moment.

    `hosts` empty means any: for servers that listen beyond loopback, where a token guards what writes.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Guard one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", ()), *SECURITY_HEADERS]
                is_cacheable = any(name.lower() == _NO_STORE[0] for name, _ in headers)
                message["headers"] = headers if is_cacheable else [*headers, _NO_STORE]
            await send(message)

        app = self._app if self._is_ours(scope) else _misdirected
        await app(scope, receive, send_guarded)

    def _is_ours(self, scope: Scope) -> bool:
        host = Request(scope).headers.get("host", "")
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        return not self._hosts or name.strip("[]").lower() in self._hosts


async def _misdirected(scope: Scope, receive: Receive, send: Send) -> None:
    response = problem(HTTPStatus.MISDIRECTED_REQUEST, "this server answers to its own host name only")
    await response(scope, receive, send)


async def read_body(
    request: Request, limit_bytes: int = MAX_BODY_BYTES, timeout_s: float = BODY_TIMEOUT_S
) -> bytes | Response:
    """Read the whole body, or answer 413 as soon as it is known to be too large, 408 when it takes too long.

    A client that hangs up half-way gets an answer as well, which nobody reads.
    """
    # What is no number is as good as none: the bytes are counted as they come.
    if (announced := request.headers.get("content-length", "")) and announced.isdecimal():
        is_larger = whole_number(announced.lstrip("0") or "0", limit_bytes) is None
        if is_larger:
            return too_large(limit_bytes)
    body = bytearray()
    try:
        async with asyncio.timeout(timeout_s):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit_bytes:
                    return too_large(limit_bytes)
    except TimeoutError:
        return problem(HTTPStatus.REQUEST_TIMEOUT, f"the body took longer than {timeout_s:.0f} s")
    except ClientDisconnect:
        return problem(HTTPStatus.BAD_REQUEST, "the body broke off")
    return bytes(body)


def too_large(limit_bytes: int) -> Response:
    """Refuse a body, and end the connection: what is left of it is not read."""
    detail = f"at most {limit_bytes} bytes, unpacked; send the articles in several requests"
    return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail, {"connection": "close"})


def refuse_writer(request: Request, token: str | None) -> Response | None:
    """Say why this request may not write, or None: wrong token, foreign origin, not JSON.

    Without a token (loopback only) a page in somebody's browser must still not be able to write: JSON's
    content type forces a CORS preflight, which is never granted, and a foreign Origin is refused.
    """
    if token is not None and not _has_token(request, token):
        return problem(
            HTTPStatus.UNAUTHORIZED,
            "send 'Authorization: Bearer TOKEN' with the token of web.token",
            headers={"www-authenticate": "Bearer"},
        )
    origin = request.headers.get("origin")
    if token is None and origin not in (None, f"{request.url.scheme}://{request.url.netloc}"):
        return problem(HTTPStatus.FORBIDDEN, "requests from other origins may not write")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send content-type: application/json")
    return None


def _has_token(request: Request, token: str) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())
