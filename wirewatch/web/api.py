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
from stream.untrusted.numbers import whole_number
from wirewatch.web.asked import UNKNOWN_AFTER, asked, find_alerts
from wirewatch.web.cursor import cursor_of
from wirewatch.web.filters import is_alert_id, unknown_parameter
from wirewatch.web.problem import problem
from wirewatch.web.sight import Sight

MAX_LIMIT = 500
_DEFAULT_LIMIT = 50


def api_routes(sight: Sight) -> list[Route]:
    """Build the routes that read alerts."""

    async def alerts(request: Request) -> Response:
        query = request.query_params
        limit = whole_number(query.get("limit") or str(_DEFAULT_LIMIT))
        chosen = asked(request, sight.clock(), ("limit",))
        if limit is None or not 1 <= limit <= MAX_LIMIT:
            return problem(HTTPStatus.BAD_REQUEST, f"limit is a number from 1 to {MAX_LIMIT}")
        if isinstance(chosen, str):
            return problem(HTTPStatus.BAD_REQUEST, chosen)
        found = await asyncio.to_thread(find_alerts, sight, chosen, limit)
        if found is None:
            return problem(HTTPStatus.BAD_REQUEST, UNKNOWN_AFTER)
        place = found.next_place
        return JSONResponse(
            {
                "alerts": [alert_row(one) for one in found.alerts],
                "next": cursor_of(place) if place else None,
            }
        )

    async def alert(request: Request) -> Response:
        fault = unknown_parameter(request.query_params.multi_items(), ())
        if fault:
            return problem(HTTPStatus.BAD_REQUEST, fault)
        alert_id = request.path_params["alert_id"]
        found = await asyncio.to_thread(sight.archive.alert, alert_id) if is_alert_id(alert_id) else None
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
