"""All commands, put together."""

from importlib.metadata import version
from typing import Annotated

import typer

from wirewatch.cli import (
    alerts,
    backup,
    check,
    dead_letters,
    doctor,
    filters,
    kafka,
    outbox,
    rules,
    run,
    schema,
    sinks,
    sources,
    web,
)
from wirewatch.cli.command import ConfigFlag, StateFlag, epilog

app = typer.Typer(
    name="wirewatch",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    epilog=epilog(
        "wirewatch run                         watch: all roles in one process",
        "wirewatch check                       is the configuration sound?",
        "wirewatch annotate < articles.jsonl   what does each article say of countries?",
        "wirewatch alerts list                 what was raised lately?",
    ),
)


def _show_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"wirewatch {version('wirewatch')}")
        raise typer.Exit


@app.callback()
def wirewatch(
    ctx: typer.Context,
    config_dir: ConfigFlag = None,
    state_dir: StateFlag = None,
    is_version_asked: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Watch the news and raise alerts on what the watchlists ask for."""
    del is_version_asked
    ctx.obj.note("config_dir", config_dir)
    ctx.obj.note("state_dir", state_dir)


run.register(app)
filters.register(app)
check.register(app)
doctor.register(app)
backup.register(app)
for group in (
    rules.app,
    sources.app,
    alerts.app,
    outbox.app,
    dead_letters.app,
    sinks.app,
    web.app,
    kafka.app,
    schema.app,
    filters.feed,
):
    app.add_typer(group)
