"""`wirewatch alerts`: what was raised, and where it went."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from wirewatch.cli.command import FormFlag, Limit, command, new_group
from wirewatch.cli.exits import FINDINGS, USAGE, CommandError
from wirewatch.cli.output import emit, show
from wirewatch.cli.session import Session

if TYPE_CHECKING:
    from alerts.store.archive import Archive, Archived, Delivery
    from alerts.store.wanted import Wanted

Row = dict[str, Any]
Rule = Annotated[str, typer.Option("--rule", help="Only alerts of this rule.")]
Severity = Annotated[str, typer.Option("--severity", help="Only alerts of this severity.")]
Status = Annotated[str, typer.Option("--status", help="live, test or backlog; only live ones are sent.")]
Watchlist = Annotated[str, typer.Option("--watchlist", help="Only alerts of this watchlist.")]
Country = Annotated[str, typer.Option("--country", help="Only alerts about this country: IR or Iran.")]
Publisher = Annotated[str, typer.Option("--publisher", help="Only of this publisher: words of its name.")]
Language = Annotated[str, typer.Option("--language", help="Only in this language: fa, zh-Hant.")]
Since = Annotated[
    str, typer.Option("--since", help="Raised since: 24h, 7d, 2026-11-24, 2026-11-24T09:30:00Z.")
]
Until = Annotated[str, typer.Option("--until", help="Raised before; written as --since is.")]
Query = Annotated[
    str, typer.Option("--query", "-q", help='Words in title, lead or text: sanctions "oil tanker" nucl*.')
]
AlertId = Annotated[str, typer.Argument(metavar="ALERT_ID", help="As `alerts list` shows it.")]

app = new_group("alerts", "What was raised, and where it went.", "wirewatch alerts list")


@command(
    app,
    "wirewatch alerts list",
    "wirewatch alerts list --severity high -n 10",
    "wirewatch alerts list --since 7d --country Iran -q sanctions",
    "wirewatch alerts list -o json",
    name="list",
)
def list_alerts(  # noqa: PLR0913 - one a flag
    session: Session,
    *,
    rule: Rule = "",
    severity: Severity = "",
    status: Status = "",
    watchlist: Watchlist = "",
    country: Country = "",
    publisher: Publisher = "",
    language: Language = "",
    since: Since = "",
    until: Until = "",
    query: Query = "",
    limit: Limit = 50,
    form: FormFlag = "table",
) -> None:
    """List alerts, the newest first."""
    from stream.timing import utc_now
    from wirewatch.web.filters import alert_filter

    written = {
        "rule": rule,
        "severity": severity,
        "status": status,
        "watchlist": watchlist,
        "country": country,
        "publisher": publisher,
        "language": language,
        "since": since,
        "until": until,
        "q": query,
    }
    chosen = alert_filter(written, utc_now())
    if isinstance(chosen, str):
        raise CommandError(USAGE, chosen)
    with session.alerts() as state:
        found = _search(state.archive, chosen.wanted, limit)
    rows = [_alert_row(one) for one in found] if form == "json" else [_short_row(one) for one in found]
    nothing = "no alert is like that" if chosen.is_narrow else "no alert yet"
    show(rows, ("created_at", "severity", "rule", "countries", "title", "alert_id"), form, nothing)


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


def _search(archive: "Archive", wanted: "Wanted", limit: int) -> "list[Archived]":
    """Search on until there are enough or nothing is left: each step reads a bounded part of the store."""
    step = archive.find(wanted, limit=limit)
    found = [*step.alerts]
    while step.next_place is not None and len(found) < limit:
        step = archive.find(wanted, after=step.next_place, limit=limit - len(found))
        found += step.alerts
    return found


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
