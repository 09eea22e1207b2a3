"""Errors over HTTP as RFC 9457 problem documents."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response


def problem(
    status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None, **members: Any
) -> JSONResponse:
    """Build a problem document; `detail` says what to do next, `members` carry what a program needs."""
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        **members,
    }
    return JSONResponse(body, status.value, headers=headers, media_type="application/problem+json")


async def on_http_exception(_request: Request, error: Exception) -> Response:
    """Render Starlette's own errors (404, 405 …) the same way."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type only
    return problem(HTTPStatus(error.status_code), error.detail, headers=error.headers)
