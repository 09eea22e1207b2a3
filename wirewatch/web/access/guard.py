"""Every request against who may make it. What is not named here needs a session: new pages are closed."""

import hmac
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from wirewatch.web.access.authenticator import Authenticator
from wirewatch.web.access.cookies import session_cookie
from wirewatch.web.html import wants_html
from wirewatch.web.problem import problem

SESSION = "session"
"""In the scope's state: the session of who asks."""

_OPEN = frozenset({"/healthz", "/readyz", "/login"})
_ASSETS = "/static/"
_METRICS = "/metrics"
_PUSH = "/v1/articles"
_FOR_PROGRAMS = ("/v1/", "/openapi.json", _METRICS)


@dataclass(frozen=True, slots=True)
class Access:
    """Who may see what: people who signed in, programs with the token for reading.

    `authenticator` is None in a process without pages. `open_metrics`: /metrics is for everybody.
    """

    authenticator: Authenticator | None
    read_token: str | None = field(default=None, repr=False)
    open_metrics: bool = False


class AccessGuard:
    """Asks who it is before the application hears of a request."""

    def __init__(self, app: ASGIApp, access: Access, *, may_push: bool) -> None:
        """`may_push`: articles have a token of their own, which their door asks for."""
        self._app = app
        self._access = access
        self._may_push = may_push

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request pass, or say what is needed."""
        app = self._app
        if scope["type"] == "http" and (refusal := self._refuse(Request(scope))):
            app = refusal
        await app(scope, receive, send)

    def _refuse(self, request: Request) -> Response | None:
        path = request.url.path
        if path in _OPEN or path.startswith(_ASSETS) or (path == _METRICS and self._access.open_metrics):
            return None
        if path == _PUSH:
            return None if self._may_push else _no_push()
        if path.startswith(_FOR_PROGRAMS) and self._has_token(request):
            return None
        if self._note_session(request):
            return None
        return self._ask_who_it_is(request)

    def _has_token(self, request: Request) -> bool:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        token = self._access.read_token
        if token is None or scheme.lower() != "bearer":
            return False
        return hmac.compare_digest(given.strip().encode(), token.encode())

    def _note_session(self, request: Request) -> bool:
        authenticator = self._access.authenticator
        session = authenticator.session(session_cookie(request)) if authenticator else None
        request.scope.setdefault("state", {})[SESSION] = session
        return session is not None

    def _ask_who_it_is(self, request: Request) -> Response:
        is_page = request.method in {"GET", "HEAD"} and wants_html(request)
        if is_page and self._access.authenticator is not None:
            query = f"?{request.url.query}" if request.url.query else ""
            to = "" if request.url.path == "/" and not query else quote(request.url.path + query, safe="")
            return RedirectResponse(f"/login?next={to}" if to else "/login", HTTPStatus.SEE_OTHER)
        return problem(
            HTTPStatus.UNAUTHORIZED,
            "send 'Authorization: Bearer TOKEN' with the token of web.read_token, or sign in at /login",
            {"www-authenticate": "Bearer"},
        )


def _no_push() -> Response:
    return problem(
        HTTPStatus.FORBIDDEN, "nobody may push: set web.token (WIREWATCH_WEB__TOKEN_FILE) to allow it"
    )
