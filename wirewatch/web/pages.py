"""The pages: what a person sees of the flow. They read and never write; every one works without scripts.

Handlers are plain functions: Starlette runs them in threads, so that reading the state and rendering hold
up no other request.
"""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stream.untrusted.numbers import whole_number
from wirewatch.web.asked import UNKNOWN_AFTER, asked
from wirewatch.web.filters import SEVERITIES, STATUSES, is_slug, unknown_parameter
from wirewatch.web.html import Html
from wirewatch.web.pace import Pace
from wirewatch.web.sight import Sight
from wirewatch.web.views.alerts import alert_page, alert_view
from wirewatch.web.views.dead_letters import KINDS, dead_letter_page
from wirewatch.web.views.overview import count_flow, overview
from wirewatch.web.views.rules import rule_view, rules_page
from wirewatch.web.views.sources import is_status, source_view, sources_page


def page_routes(sight: Sight, html: Html) -> list[BaseRoute]:
    """Build the routes of the pages. Counts the flow once, so that the first look can tell its pace."""
    pages = _Pages(sight, html)
    return [
        Route("/", pages.overview),
        Route("/alerts", pages.alerts),
        Route("/alerts/{alert_id}", pages.alert),
        Route("/sources", pages.sources),
        Route("/sources/{source_id}", pages.source),
        Route("/rules", pages.rules),
        Route("/rules/{rule_id}", pages.rule),
        Route("/dead-letters", pages.dead_letters),
    ]


class _Pages:
    def __init__(self, sight: Sight, html: Html) -> None:
        self._sight = sight
        self._html = html
        self._pace = Pace()
        self._pace.note(sight.clock(), count_flow(sight))

    def overview(self, request: Request) -> Response:
        _refuse_unknown(request)
        view = overview(self._sight, self._pace)
        return self._html.page("overview.html.j2", "overview", view.now, view=view)

    def alerts(self, request: Request) -> Response:
        chosen = asked(request, self._sight.clock())
        if isinstance(chosen, str):
            raise HTTPException(HTTPStatus.BAD_REQUEST, chosen)
        view = alert_page(self._sight, chosen)
        if view is None:
            raise HTTPException(HTTPStatus.BAD_REQUEST, UNKNOWN_AFTER)
        return self._html.page(
            "alerts.html.j2",
            "alerts",
            self._sight.clock(),
            view=view,
            severities=SEVERITIES,
            statuses=STATUSES,
        )

    def alert(self, request: Request) -> Response:
        _refuse_unknown(request)
        view = alert_view(self._sight, request.path_params["alert_id"])
        if view is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "there is no alert with this id")
        return self._html.page("alert.html.j2", "alerts", self._sight.clock(), view=view)

    def sources(self, request: Request) -> Response:
        _refuse_unknown(request, "status", "after")
        status = request.query_params.get("status", "")
        if status and not is_status(status):
            raise HTTPException(HTTPStatus.BAD_REQUEST, "there is no such status of a source")
        view = sources_page(self._sight, status, request.query_params.get("after", ""))
        return self._html.page("sources.html.j2", "sources", view.now, view=view)

    def source(self, request: Request) -> Response:
        _refuse_unknown(request)
        source_id = request.path_params["source_id"]
        view = source_view(self._sight, source_id)
        if view is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "there is no source with this id")
        return self._html.page("source.html.j2", "sources", view.now, view=view)

    def rules(self, request: Request) -> Response:
        _refuse_unknown(request, "after")
        view = rules_page(self._sight, request.query_params.get("after", ""))
        return self._html.page("rules.html.j2", "rules", view.now, view=view)

    def rule(self, request: Request) -> Response:
        _refuse_unknown(request)
        rule_id = request.path_params["rule_id"]
        view = rule_view(self._sight, rule_id) if is_slug(rule_id) else None
        if view is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "there is no rule with this id")
        return self._html.page("rule.html.j2", "rules", view.now, view=view)

    def dead_letters(self, request: Request) -> Response:
        _refuse_unknown(request, "kind", "before")
        kind, before = request.query_params.get("kind", ""), request.query_params.get("before", "")
        if kind and kind not in KINDS:
            raise HTTPException(HTTPStatus.BAD_REQUEST, f"kind is one of {', '.join(KINDS)}")
        number = whole_number(before) if before else None
        if before and number is None:
            raise HTTPException(HTTPStatus.BAD_REQUEST, "before is the number of a dead letter")
        view = dead_letter_page(self._sight, kind, number)
        return self._html.page("dead_letters.html.j2", "dead-letters", view.now, view=view)


def _refuse_unknown(request: Request, *known: str) -> None:
    fault = unknown_parameter(request.query_params.multi_items(), known)
    if fault:
        raise HTTPException(HTTPStatus.BAD_REQUEST, fault)
