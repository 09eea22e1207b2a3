"""`wirewatch doctor`: whether this machine is fit to run it."""

from typing import Annotated, Any

import typer

from wirewatch.cli.command import FormFlag, command
from wirewatch.cli.exits import FINDINGS
from wirewatch.cli.output import show
from wirewatch.cli.session import Session

Deep = Annotated[
    bool,
    typer.Option("--deep", help="Also send each sink an alert marked [TEST], and fetch a few of the feeds."),
]


def register(app: typer.Typer) -> None:
    """Add the command to the top level."""
    command(app, "wirewatch doctor", "wirewatch doctor --deep")(doctor)


def doctor(session: Session, form: FormFlag = "table", *, deep: Deep = False) -> None:
    """Look at Python, SQLite, configuration, state folder, port and clock; exit 1 if one is not right."""
    from wirewatch.cli.deep import try_out
    from wirewatch.cli.diagnosis import diagnose

    rows: list[dict[str, Any]] = [
        {"check": name, "status": finding.status, "detail": finding.detail}
        for name, finding in (*diagnose(session), *(try_out(session) if deep else ()))
    ]
    show(rows, ("check", "status", "detail"), form, "nothing was checked")
    if any(row["status"] == "bad" for row in rows):
        raise typer.Exit(FINDINGS)
