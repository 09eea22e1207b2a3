"""`wirewatch outbox`: alerts on their way to sinks."""

from typing import Annotated

import typer

from wirewatch.cli.alerts import delivery_row
from wirewatch.cli.command import FormFlag, Limit, command, new_group
from wirewatch.cli.exits import FINDINGS, CommandError
from wirewatch.cli.output import complain, show
from wirewatch.cli.session import Session

Sink = Annotated[str, typer.Option("--sink", help="Only deliveries to this sink.")]
State = Annotated[str, typer.Option("--state", help="pending, sending, delivered or dead.")]
Keys = Annotated[list[str], typer.Argument(metavar="DELIVERY_KEY", help="As `outbox list` shows them.")]

app = new_group("outbox", "Alerts on their way to sinks.", "wirewatch outbox list --state pending")


@command(app, "wirewatch outbox list", "wirewatch outbox list --sink desk-mail --state dead", name="list")
def list_deliveries(
    session: Session, sink: Sink = "", state: State = "", limit: Limit = 50, form: FormFlag = "table"
) -> None:
    """List deliveries, the newest first."""
    with session.alerts() as opened:
        found = opened.archive.outbox(sink=sink, state=state, limit=limit)
    columns = ("delivery_key", "sink", "state", "attempt", "outcome", "next_attempt_at", "detail")
    show([delivery_row(one) for one in found], columns, form, "no delivery")


@command(app, "wirewatch outbox retry 9b1d…")
def retry(session: Session, keys: Keys) -> None:
    """Start pending or dead deliveries anew, from the top of their schedule."""
    with session.alerts() as state:
        missing = [key for key in keys if not state.outbox.retry(key, state.clock())]
    complain(f"{len(keys) - len(missing)} of {len(keys)} queued again")
    if missing:
        raise CommandError(FINDINGS, f"no pending or dead delivery has the key {', '.join(missing)}")
