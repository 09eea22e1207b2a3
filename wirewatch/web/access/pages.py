"""Signing in and out: forms that work without scripts."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from stream.timing import Clock
from wirewatch.web.access.authenticator import Authenticator, SignedIn, TooOften
from wirewatch.web.access.cookies import (
    drop_session,
    form_mark,
    is_our_form,
    session_cookie,
    set_form_mark,
    set_session,
)
from wirewatch.web.access.guard import SESSION
from wirewatch.web.guard import read_body
from wirewatch.web.html import Html
from wirewatch.web.problem import problem

_FORM_TYPE = "application/x-www-form-urlencoded"
_MAX_FORM_BYTES = 8 * 1024
_MAX_FIELDS = 16
_LOCAL = re.compile(r"/(?![/\\])[\x21-\x7e]{0,1000}")
_WRONG = "The name or the password is not right."
_STALE = "This form was too old, or not from here. Please sign in again."


def login_routes(authenticator: Authenticator, html: Html, clock: Clock) -> list[BaseRoute]:
    """Build the routes; the guard before them has put the session into the scope."""
    pages = _LoginPages(authenticator, html, clock)
    return [
        Route("/login", pages.show, methods=["GET"]),
        Route("/login", pages.sign_in, methods=["POST"]),
        Route("/account", pages.account, methods=["GET"]),
        Route("/logout", pages.sign_out, methods=["POST"]),
    ]


class _LoginPages:
    def __init__(self, authenticator: Authenticator, html: Html, clock: Clock) -> None:
        self._authenticator = authenticator
        self._html = html
        self._clock = clock

    async def show(self, request: Request) -> Response:
        if self._authenticator.session(session_cookie(request)) is not None:
            return RedirectResponse(_local(request.query_params.get("next", "")), HTTPStatus.SEE_OTHER)
        return self._form(request, request.query_params.get("next", ""))

    async def sign_in(self, request: Request) -> Response:
        fields = await _read_form(request)
        if isinstance(fields, Response):
            return fields
        name, to = fields.get("name", "").strip(), fields.get("next", "")
        if not is_our_form(request, fields.get("form", "")):
            return self._form(request, to, _STALE, name, HTTPStatus.FORBIDDEN)
        client = request.client.host if request.client else ""
        outcome = await self._authenticator.sign_in(name, fields.get("password", ""), client)
        if isinstance(outcome, SignedIn):
            response = RedirectResponse(_local(to), HTTPStatus.SEE_OTHER)
            set_session(response, request, outcome.cookie, self._authenticator.lifetime)
            return response
        if isinstance(outcome, TooOften):
            return self._too_often(request, to, name, outcome)
        return self._form(request, to, _WRONG, name, HTTPStatus.UNAUTHORIZED)

    async def account(self, request: Request) -> Response:
        mark, now = form_mark(request), self._clock()
        session = request.scope["state"][SESSION]
        response = self._html.page("account.html.j2", "account", now, session=session, form=mark)
        set_form_mark(response, request, mark)
        return response

    async def sign_out(self, request: Request) -> Response:
        fields = await _read_form(request)
        if isinstance(fields, Response):
            return fields
        if not is_our_form(request, fields.get("form", "")):
            return self._html.error(HTTPStatus.FORBIDDEN, "this form is not from here", self._clock())
        self._authenticator.sign_out(request.scope["state"][SESSION])
        response = RedirectResponse("/login", HTTPStatus.SEE_OTHER)
        drop_session(response, request)
        return response

    def _too_often(self, request: Request, to: str, name: str, outcome: TooOften) -> Response:
        seconds = f"{outcome.after_s + 1:.0f}"
        fault = f"Too many attempts. Please wait {seconds} seconds."
        response = self._form(request, to, fault, name, HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["retry-after"] = seconds
        return response

    def _form(
        self,
        request: Request,
        to: str,
        fault: str = "",
        name: str = "",
        status: HTTPStatus = HTTPStatus.OK,
    ) -> Response:
        mark = form_mark(request)
        response = self._html.page(
            "login.html.j2",
            "login",
            self._clock(),
            status,
            fault=fault,
            form=mark,
            has_users=self._authenticator.has_users,
            name=name[:64],
            next=_local(to),
        )
        set_form_mark(response, request, mark)
        return response


async def _read_form(request: Request) -> Mapping[str, str] | Response:
    """The fields of a form, the last of each name; a problem where it is none."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM_TYPE:
        return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send content-type: {_FORM_TYPE}")
    body = await read_body(request, _MAX_FORM_BYTES)
    if isinstance(body, Response):
        return body
    try:
        text = body.decode("ascii", "replace")
        return dict(parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=_MAX_FIELDS))
    except ValueError:
        return problem(HTTPStatus.BAD_REQUEST, "the form has too many fields")


def _local(to: str) -> str:
    """Where to go on: a path of ours, or the overview. Never another site, whatever a link says."""
    return to if _LOCAL.fullmatch(to) and not to.startswith(("/login", "/logout")) else "/"
