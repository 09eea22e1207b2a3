"""Wiring of the HTTP server."""

from wirewatch.roles.web import WebRole
from wirewatch.server.files import raise_file_limit
from wirewatch.server.metrics import ServerMetrics
from wirewatch.server.server import BoundedServer
from wirewatch.settings import LOOPBACK, Settings
from wirewatch.web.app import Push, create_app
from wirewatch.web.push import Door
from wirewatch.web.sight import Sight, Vitals
from wirewatch.wiring.access import access_of
from wirewatch.wiring.metrics import program_version


def web_role(
    settings: Settings, vitals: Vitals, metrics: ServerMetrics, door: Door | None, sight: Sight | None
) -> WebRole:
    """Build the HTTP server; `door` is where pushed articles go in, in a process that ingests."""
    web = settings.web
    token = web.token.get_secret_value() if web.token else None
    push = Push(door, settings.ingest.push, token) if door else None
    # On loopback a page of another site could reach us under a name of its own (DNS rebinding).
    hosts = (*LOOPBACK, *web.hosts) if web.host in LOOPBACK or web.hosts else ()
    access = access_of(settings, vitals.clock, has_pages=sight is not None)
    app = create_app(vitals, push, version=program_version(), hosts=hosts, sight=sight, access=access)
    limits = web.limits.within(raise_file_limit())
    return WebRole(BoundedServer(app, limits, web.proxies, metrics), web.host, web.port)
