"""The two cookies: the session, and the mark by which a form is known to be ours."""

import hmac
import re
import secrets
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

_SESSION = "wirewatch_session"
_FORM = "wirewatch_form"
_MARK = re.compile(r"[0-9a-f]{64}")


def session_cookie(request: Request) -> str | None:
    """What the browser sent as its session."""
    return request.cookies.get(_name(_SESSION, request))


def set_session(response: Response, request: Request, cookie: str, lifetime: timedelta) -> None:
    """Give the session; Lax, so that the link in a mail opens the alert for who has signed in."""
    response.set_cookie(
        _name(_SESSION, request),
        cookie,
        max_age=int(lifetime.total_seconds()),
        secure=_is_secure(request),
        httponly=True,
        samesite="lax",
    )


def drop_session(response: Response, request: Request) -> None:
    """Take the session away."""
    response.delete_cookie(
        _name(_SESSION, request), secure=_is_secure(request), httponly=True, samesite="lax"
    )


def form_mark(request: Request) -> str:
    """The mark for the forms of a page: the one that the browser has, or a new one."""
    mark = request.cookies.get(_name(_FORM, request), "")
    return mark if _MARK.fullmatch(mark) else secrets.token_hex(32)


def set_form_mark(response: Response, request: Request, mark: str) -> None:
    """Let the browser keep the mark that stands in the form; another site can neither read nor send it."""
    response.set_cookie(
        _name(_FORM, request), mark, secure=_is_secure(request), httponly=True, samesite="strict"
    )


def is_our_form(request: Request, mark: str) -> bool:
    """Whether a form was sent from a page of ours: it carries the mark that the cookie has.

    Origin says nothing here: under our Referrer-Policy browsers send "null" (Fetch, "append a request Origin
    header"). Sec-Fetch-Site does, where there is one.
    """
    kept = request.cookies.get(_name(_FORM, request), "")
    is_same = _MARK.fullmatch(kept) is not None and hmac.compare_digest(kept.encode(), mark.encode())
    return is_same and request.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}


def _is_secure(request: Request) -> bool:
    """Whether the browser speaks https, with us or with the proxy before us."""
    return request.url.scheme == "https"


def _name(name: str, request: Request) -> str:
    """No other host of the domain, and no plain http, can set a cookie with this prefix (RFC 6265bis)."""
    return f"__Host-{name}" if _is_secure(request) else name
