"""`wirewatch alerts`: what was raised, and where it went."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from wirewatch.cli.command import FormFlag, Limit, command, new_group
from wirewatch.cli.exits import FINDINGS, CommandError
from wirewatch.cli.output import emit, show
from wirewatch.cli.session import Session

if TYPE_CHECKING:
    from alerts.store.archive import Archived, Delivery

Row = dict[str, Any]
Rule = Annotated[str, typer.Option("--rule", help="Only alerts of this rule.")]
Severity = Annotated[str, typer.Option("--severity", help="Only alerts of this severity.")]
Status = Annotated[str, typer.Option("--status", help="live, test or backlog; only live ones are sent.")]
AlertId = Annotated[str, typer.Argument(metavar="ALERT_ID", help="As `alerts list` shows it.")]

app = new_group("alerts", "What was raised, and where it went.", "wirewatch alerts list")


@command(
    app,
    "wirewatch alerts list",
    "wirewatch alerts list --severity high -n 10",
    "wirewatch alerts list -o json",
    name="list",
)
def list_alerts(
    session: Session,
    rule: Rule = "",
    severity: Severity = "",
    status: Status = "",
    limit: Limit = 50,
    form: FormFlag = "table",
) -> None:
    """List alerts, the newest first."""
    with session.alerts() as state:
        found = state.archive.alerts(rule=rule, severity=severity, status=status, limit=limit)
    rows = [_alert_row(one) for one in found] if form == "json" else [_short_row(one) for one in found]
    show(rows, ("created_at", "severity", "rule", "countries", "title", "alert_id"), form, "no alert yet")


@command(app, "wirewatch alerts show 3f0c…", "wirewatch alerts show 3f0c… -o json", name="show")
def show_alert(session: Session, alert_id: AlertId, form: FormFlag = "table") -> None:
    """Show one alert: the evidence in its sentence, the rule, the deliveries."""
    with session.alerts() as state:
        found = state.archive.alert(alert_id)
        deliveries = state.archive.deliveries(alert_id)
    if found is None:
        raise CommandError(FINDINGS, f"there is no alert {alert_id}")
    if form == "json":
        emit({**_alert_row(found), "deliveries": [delivery_row(one) for one in deliveries]})
        return
    from alerts.sinks.console import block_of

    typer.echo(block_of(found.alert, color=False))
    columns = ("sink", "state", "attempt", "outcome", "detail", "delivery_key")
    show([delivery_row(one) for one in deliveries], columns, form, f"it went nowhere ({found.status})")


def delivery_row(delivery: "Delivery") -> Row:
    """One alert on its way to one sink."""
    from stream.timing import rfc3339

    return {
        "delivery_key": delivery.delivery_key,
        "alert_id": delivery.alert_id,
        "sink": delivery.sink,
        "state": delivery.state,
        "attempt": delivery.attempt,
        "outcome": delivery.outcome,
        "detail": delivery.detail,
        "created_at": rfc3339(delivery.created_at),
        "next_attempt_at": rfc3339(delivery.next_attempt_at),
        "settled_at": rfc3339(delivery.settled_at) if delivery.settled_at else None,
    }


def _alert_row(found: "Archived") -> Row:
    from wirewatch.web.api import alert_row

    return alert_row(found)


def _short_row(found: "Archived") -> Row:
    from alerts.plain import one_line
    from stream.timing import rfc3339

    match = found.alert.match
    return {
        "created_at": rfc3339(found.alert.created_at),
        "severity": match.severity,
        "rule": match.rule,
        "countries": match.countries,
        "title": one_line(match.event.title, 80),
        "alert_id": found.alert.alert_id,
    }
