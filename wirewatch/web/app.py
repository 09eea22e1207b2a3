"""The ASGI application: health and metrics always, the API and pages where the process has the role."""

from collections.abc import Collection
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from ingest.sources.push import PushConfig
from wirewatch.web.api import api_routes
from wirewatch.web.errors import Errors
from wirewatch.web.gate import Gate
from wirewatch.web.guard import HostGuard
from wirewatch.web.health import health_routes
from wirewatch.web.html import Html
from wirewatch.web.openapi import document
from wirewatch.web.pages import page_routes
from wirewatch.web.push import Door, push_articles
from wirewatch.web.sight import Sight, Vitals
from wirewatch.web.static import Assets


@dataclass(frozen=True, slots=True)
class Push:
    """The way in for pushed articles."""

    door: Door
    config: PushConfig
    token: str | None


def create_app(
    vitals: Vitals, push: Push | None, *, version: str, hosts: Collection[str], sight: Sight | None
) -> ASGIApp:
    """Build the application; without `sight` it has no pages. `hosts` are the names it answers to; none: any.

    The guard stands outermost: what Starlette answers by itself, a bug's 500 included, passes it too.
    """
    routes: list[BaseRoute] = [*health_routes(vitals.readiness, vitals.registry)]
    if push is not None:
        handler = push_articles(push.door, push.config, push.token, vitals.readiness, vitals.clock)
        routes.append(Route("/v1/articles", handler, methods=["POST"]))
    html = None
    if sight is not None:
        assets = Assets()
        html = Html(assets, version)
        routes += [*_api(sight, version), *page_routes(sight, html), *assets.routes()]
    errors = Errors(html, vitals.clock)
    app = Starlette(routes=routes, exception_handlers=errors.handlers())
    return HostGuard(Gate(app, vitals.readiness), hosts)


def _api(sight: Sight, version: str) -> list[Route]:
    async def openapi(_request: Request) -> Response:
        return JSONResponse(document(version))

    return [*api_routes(sight), Route("/openapi.json", openapi)]
