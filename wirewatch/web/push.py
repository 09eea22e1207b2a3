"""`POST /v1/articles`: articles pushed to us, acknowledged when they are durable."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ingest.age import max_age_of
from ingest.item import RawItem, Rejected
from ingest.outcome import Accepted, Duplicate, IntakeResult, Outcome, TryLater
from ingest.sources.push import PushConfig, body_warnings, parse_body
from stream.timing import Clock
from wirewatch.readiness import Readiness
from wirewatch.web.encoding import ACCEPTED, BrokenBodyError, TooLongError, coding, gunzip
from wirewatch.web.guard import read_body, refuse_writer, too_large
from wirewatch.web.problem import problem


class Door(Protocol):
    """Where pushed items go in; safe to call from any thread."""

    async def accept(
        self, items: Sequence[RawItem | Rejected], max_age: timedelta | None
    ) -> IntakeResult | TryLater:
        """Store durably and answer, or say when to try again; what is older alerts nobody."""
        ...


_STOPPING_S = 5.0

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def push_articles(
    door: Door, config: PushConfig, token: str | None, readiness: Readiness, clock: Clock
) -> Handler:
    """Build the endpoint. 202 lists what became of each article, in order, when at least one was accepted."""

    async def handle(request: Request) -> Response:
        refusal = refuse_writer(request, token)
        if refusal is not None:
            return refusal
        if readiness.is_draining:
            return _try_later(TryLater("stopping", _STOPPING_S))
        body = await _read_plain(request, config.max_body_bytes)
        if isinstance(body, Response):
            return body
        items = parse_body(body, config, clock())
        if isinstance(items, Rejected):
            return _unusable(items)
        warnings = body_warnings(body)
        result = await door.accept(items, max_age_of(config.max_age))
        return _try_later(result) if isinstance(result, TryLater) else _answer(result, warnings)

    return handle


async def _read_plain(request: Request, limit_bytes: int) -> bytes | Response:
    """Read the body without its coding; `limit_bytes` bounds what is sent and what it unpacks to."""
    kind = coding(", ".join(request.headers.getlist("content-encoding")))
    if kind is None:
        headers = {"accept-encoding": ACCEPTED}  # RFC 9110, 12.5.3
        detail = "content-encoding is gzip or none"
        return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail, headers)
    body = await read_body(request, limit_bytes)
    if isinstance(body, Response) or kind == "identity":
        return body
    try:
        return await asyncio.to_thread(gunzip, body, limit_bytes)
    except TooLongError:
        return too_large(limit_bytes)
    except BrokenBodyError as error:
        return problem(HTTPStatus.BAD_REQUEST, str(error))


_LATER = {
    "full": (HTTPStatus.INSUFFICIENT_STORAGE, "no room on the disk"),
    "busy": (HTTPStatus.TOO_MANY_REQUESTS, "too many articles at once"),
    "unavailable": (HTTPStatus.SERVICE_UNAVAILABLE, "the database is away"),
    "stopping": (HTTPStatus.SERVICE_UNAVAILABLE, "the process is stopping"),
}


def _unusable(rejected: Rejected) -> Response:
    too_large = rejected.reason == "too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if too_large else HTTPStatus.BAD_REQUEST
    return problem(status, rejected.detail, reason=rejected.reason)


def _try_later(later: TryLater) -> Response:
    status, detail = _LATER[later.reason]
    return problem(status, f"{detail}; send the same request again", {"retry-after": f"{later.after_s:.0f}"})


def _answer(result: IntakeResult, warnings: Sequence[tuple[str, ...]]) -> Response:
    articles = [
        {**_row(index, outcome), **({"warnings": list(said)} if said else {})}
        for index, (outcome, said) in enumerate(zip(result.outcomes, warnings, strict=True))
    ]
    if articles and all(row["state"] == "rejected" for row in articles):
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "no article could be used", articles=articles)
    return JSONResponse({"articles": articles}, HTTPStatus.ACCEPTED)


def _row(index: int, outcome: Outcome) -> dict[str, object]:
    match outcome:
        case Accepted(event_id, revision, is_new):
            state = "accepted" if is_new else "revision"
            return {"index": index, "state": state, "event_id": event_id, "revision": revision}
        case Duplicate(event_id):
            return {"index": index, "state": "duplicate", "event_id": event_id}
        case Rejected(reason, detail):
            return {"index": index, "state": "rejected", "reason": reason, "detail": detail}
