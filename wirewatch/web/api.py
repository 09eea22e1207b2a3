"""`/v1/alerts`: alerts as JSON, newest first, page by page."""

import asyncio
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from alerts.payload import payload
from alerts.store.archive import Archived
from stream.timing import rfc3339
from wirewatch.web.problem import problem
from wirewatch.web.sight import Sight

MAX_LIMIT = 500
_DEFAULT_LIMIT = 50


def api_routes(sight: Sight) -> list[Route]:
    """Build the routes that read alerts."""

    async def alerts(request: Request) -> Response:
        query = request.query_params
        limit = query.get("limit", str(_DEFAULT_LIMIT))
        if not limit.isascii() or not limit.isdigit() or not 1 <= int(limit[:9]) <= MAX_LIMIT:
            return problem(HTTPStatus.BAD_REQUEST, f"limit is a number from 1 to {MAX_LIMIT}")
        after = None
        if "after" in query:
            after = await asyncio.to_thread(sight.archive.alert, query["after"])
            if after is None:
                return problem(HTTPStatus.BAD_REQUEST, "after is the alert_id of the last alert you have")
        found = await asyncio.to_thread(
            sight.archive.alerts,
            rule=query.get("rule", ""),
            severity=query.get("severity", ""),
            status=query.get("status", ""),
            after=after.alert if after else None,
            limit=int(limit),
        )
        return JSONResponse({"alerts": [alert_row(one) for one in found]})

    async def alert(request: Request) -> Response:
        found = await asyncio.to_thread(sight.archive.alert, request.path_params["alert_id"])
        if found is None:
            return problem(HTTPStatus.NOT_FOUND, "there is no alert with this id")
        deliveries = await asyncio.to_thread(sight.archive.deliveries, found.alert.alert_id)
        rows = [
            {"sink": one.sink, "state": one.state, "attempts": one.attempt, "outcome": one.outcome}
            for one in deliveries
        ]
        return JSONResponse({**alert_row(found), "deliveries": rows})

    return [Route("/v1/alerts", alerts), Route("/v1/alerts/{alert_id}", alert)]


def alert_row(archived: Archived) -> dict[str, Any]:
    """One alert as JSON: what a webhook gets, with its status and time."""
    alert = archived.alert
    return {**payload(alert), "status": archived.status, "created_at": rfc3339(alert.created_at)}
