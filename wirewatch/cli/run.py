"""`wirewatch run`: the daemon, in the foreground, until it is told to stop."""

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from wirewatch.cli.command import command
from wirewatch.cli.output import complain
from wirewatch.cli.session import Session

if TYPE_CHECKING:
    from wirewatch.settings import Settings


class RoleName(StrEnum):
    """What a process can do; by default all of it."""

    INGEST = "ingest"
    ALERTS = "alerts"
    DELIVER = "deliver"
    WEB = "web"


Roles = Annotated[
    list[RoleName] | None, typer.Option("--role", help="Only this role; repeat it for several. Default: all.")
]
Host = Annotated[str | None, typer.Option("--host", help="Where to listen (WIREWATCH_WEB__HOST).")]
Port = Annotated[
    int | None, typer.Option("--port", help="Where to listen; 0 takes any free port (WIREWATCH_WEB__PORT).")
]


def register(app: typer.Typer) -> None:
    """Add the command to the top level."""
    command(
        app,
        "wirewatch run",
        "wirewatch run --role ingest --role web --port 8081",
        "WIREWATCH_STATE_DIR=/var/lib/wirewatch wirewatch run",
    )(run)


def run(session: Session, roles: Roles = None, host: Host = None, port: Port = None) -> None:
    """Watch the news: read sources, match, alert, serve pages, until SIGINT or SIGTERM.

    SIGHUP reads the configuration again. Exits with 78 for a broken configuration, and with 75 where another
    process holds the state or the address, or the disk is full, with 73 where the state folder cannot be
    written, with 74 where its device fails.
    """
    for place, value in ((("web", "host"), host), (("web", "port"), port)):
        if value is not None:
            session.flags[place] = value
    settings = session.settings()

    from wirewatch import logs
    from wirewatch.daemon import leave
    from wirewatch.process import run as run_process

    names = tuple(role.value for role in dict.fromkeys(roles or RoleName))
    session.secrets += configured_secrets(settings)
    logs.set_up(settings.log.level, settings.log.format, session.secrets)
    if sys.stderr.isatty() and "web" in names and settings.web.port:
        complain(f"pages at {address(settings)} once it has started; Ctrl-C stops it")
    run_process(settings, names)
    leave()


def configured_secrets(settings: "Settings") -> list[str]:
    """The secrets that stand in the configuration of sources and sinks."""
    from wirewatch.configuration import load_sinks, load_sources
    from wirewatch.settings import secrets_of

    return [
        *secrets_of(load_sources(settings.config_dir).value),
        *secrets_of(load_sinks(settings.config_dir).sinks),
    ]


def address(settings: "Settings") -> str:
    """Where the pages are."""
    host = settings.web.host
    return f"http://[{host}]:{settings.web.port}/" if ":" in host else f"http://{host}:{settings.web.port}/"
