"""Errors over HTTP as RFC 9457 problem documents."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse


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
