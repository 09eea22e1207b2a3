"""What goes wrong in a request, answered: a page for a browser at a page, a problem document for the rest."""

import logging
from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ExceptionHandler

from stream.errors import StreamError
from stream.timing import Clock
from wirewatch.web.html import Html, wants_html
from wirewatch.web.problem import problem

logger = logging.getLogger(__name__)

_UNREADABLE = "the state cannot be read now; the log of the service says why"
_BUG = "this is a fault of ours; the log of the service has the details"


class Errors:
    """Answers errors; `html` is None in a process without pages. No answer says what an exception said."""

    def __init__(self, html: Html | None, clock: Clock) -> None:
        self._html = html
        self._clock = clock

    def handlers(self) -> dict[int | type[Exception], ExceptionHandler]:
        """The handlers by what they handle."""
        return {HTTPException: self._on_http, StreamError: self._on_state, Exception: self._on_bug}

    async def _on_http(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type only
        return self._answer(request, HTTPStatus(error.status_code), error.detail, error.headers)

    async def _on_state(self, request: Request, error: Exception) -> Response:
        logger.error("state not readable", extra={"path": request.url.path, "reason": str(error)})
        return self._answer(request, HTTPStatus.SERVICE_UNAVAILABLE, _UNREADABLE, {"retry-after": "5"})

    async def _on_bug(self, request: Request, error: Exception) -> Response:
        del error  # raised again by Starlette: the server logs it with its traceback
        return self._answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, _BUG)

    def _answer(
        self,
        request: Request,
        status: HTTPStatus,
        sentence: str,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        if self._html is not None and wants_html(request):
            return self._html.error(status, sentence, self._clock(), headers)
        return problem(status, sentence, headers)
