"""The outermost of the application: places kept for health and metrics, and an end that is no fault."""

import asyncio
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wirewatch.readiness import Readiness
from wirewatch.server.protocol import IS_RESERVED
from wirewatch.web.problem import problem

VITAL = frozenset({"/healthz", "/readyz", "/metrics"})
RETRY_AFTER_S = "5"


class CapacityGuard:
    """Answers 503 with Retry-After for what finds no place, and for what the end of the process cuts off."""

    def __init__(self, app: ASGIApp, readiness: Readiness) -> None:
        self._app = app
        self._readiness = readiness

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope.get("state", {}).get(IS_RESERVED) and scope["path"] not in VITAL:
            await _later("too many requests at once")(scope, receive, send)
            return
        has_begun = False

        async def send_noting(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        except asyncio.CancelledError:
            if has_begun or not self._readiness.is_draining:
                raise
            await _later("the process is stopping")(scope, receive, send)


def _later(reason: str) -> ASGIApp:
    headers = {"retry-after": RETRY_AFTER_S, "connection": "close"}
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, f"{reason}; send the same request again", headers)
