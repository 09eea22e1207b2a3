"""The ASGI application: health and metrics always, the API and pages where the process has the role."""

from collections.abc import Collection
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from ingest.sources.push import PushConfig
from wirewatch.web.api import api_routes
from wirewatch.web.guard import HostGuard
from wirewatch.web.health import health_routes
from wirewatch.web.openapi import document
from wirewatch.web.pages import page_routes
from wirewatch.web.problem import on_http_exception
from wirewatch.web.push import Door, push_articles
from wirewatch.web.sight import Sight


@dataclass(frozen=True, slots=True)
class Push:
    """The way in for pushed articles."""

    door: Door
    config: PushConfig
    token: str | None


def create_app(
    sight: Sight, push: Push | None, *, version: str, hosts: Collection[str], has_pages: bool
) -> Starlette:
    """Build the application. `hosts` are the names it answers to; none: any."""
    return Starlette(
        routes=_routes(sight, push, version, has_pages=has_pages),
        middleware=[Middleware(HostGuard, hosts=hosts)],
        exception_handlers={HTTPException: on_http_exception},
    )


def _routes(sight: Sight, push: Push | None, version: str, *, has_pages: bool) -> list[BaseRoute]:
    routes: list[BaseRoute] = [*health_routes(sight.readiness, sight.registry)]
    if push is not None:
        handler = push_articles(push.door, push.config, push.token, sight.clock)
        routes.append(Route("/v1/articles", handler, methods=["POST"]))
    if has_pages:

        async def openapi(_request: Request) -> Response:
            return JSONResponse(document(version))

        routes += [*api_routes(sight), Route("/openapi.json", openapi), *page_routes(sight)]
    return routes
