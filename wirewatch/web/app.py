"""The ASGI application: health and metrics always, the API and pages where the process has the role."""

from collections.abc import Collection
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from ingest.sources.push import PushConfig
from wirewatch.web.access.guard import Access, AccessGuard
from wirewatch.web.access.pages import login_routes
from wirewatch.web.api import api_routes
from wirewatch.web.capacity import CapacityGuard
from wirewatch.web.errors import Errors
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
    vitals: Vitals,
    push: Push | None,
    *,
    version: str,
    hosts: Collection[str],
    sight: Sight | None,
    access: Access | None = None,
) -> ASGIApp:
    """Build the application; without `sight` it has no pages. `hosts` are the names it answers to; none: any.

    `access` says who may see what; None: everybody, as on this machine alone.

    The guard stands outermost: what Starlette answers by itself, a bug's 500 included, passes it too.
    """
    routes: list[BaseRoute] = [*health_routes(vitals.readiness, vitals.registry)]
    if push is not None:
        handler = push_articles(push.door, push.config, push.token, vitals.readiness, vitals.clock)
        routes.append(Route("/v1/articles", handler, methods=["POST"]))
    html = None
    if sight is not None:
        assets = Assets()
        authenticator = access.authenticator if access is not None else None
        html = Html(assets, version, has_login=authenticator is not None)
        routes += login_routes(authenticator, html, vitals.clock) if authenticator is not None else []
        routes += [*_api(sight, version), *page_routes(sight, html), *assets.routes()]
    errors = Errors(html, vitals.clock)
    app: ASGIApp = Starlette(routes=routes, exception_handlers=errors.handlers())
    if access is not None:
        app = AccessGuard(app, access, may_push=push is not None and push.token is not None)
    return HostGuard(CapacityGuard(app, vitals.readiness), hosts)


def _api(sight: Sight, version: str) -> list[Route]:
    async def openapi(_request: Request) -> Response:
        return JSONResponse(document(version))

    return [*api_routes(sight), Route("/openapi.json", openapi)]
