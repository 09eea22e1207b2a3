"""`wirewatch sink`: whether alerts arrive there."""

from typing import TYPE_CHECKING, Annotated

import typer

from wirewatch.cli.command import FormFlag, command, new_group
from wirewatch.cli.exits import UNAVAILABLE, USAGE, CommandError
from wirewatch.cli.output import complain, show
from wirewatch.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alerts.sinks import Outcome
    from wirewatch.configuration import AnySink

Name = Annotated[str, typer.Argument(metavar="NAME", help="As config/routes.yaml calls it.")]

app = new_group("sink", "Where alerts go.", "wirewatch sink test desk-mail")


@command(app, "wirewatch sink test desk-mail", "wirewatch sink test console", name="test")
def send_test(session: Session, name: Name) -> None:
    """Send one alert marked [TEST] and report what the remote answers; exit 69 when it did not take it."""
    import asyncio

    from alerts.sinks import Delivered
    from alerts.sinks.trial import try_sink
    from stream.timing import utc_now
    from wirewatch.wiring.sinks import new_channel

    settings = session.settings()
    sink = new_channel(name, _sink(session, name), settings).sink
    outcome = asyncio.run(try_sink(sink, utc_now()))
    if not isinstance(outcome, Delivered):
        raise CommandError(UNAVAILABLE, f"{name}: not delivered ({_answer(outcome)})")
    complain(f"{name}: delivered ({outcome.detail})")


@command(app, "wirewatch sink list", name="list")
def list_sinks(session: Session, form: FormFlag = "table") -> None:
    """List the sinks: their kind, and whether deliveries to them are paused or disabled."""
    from stream.timing import rfc3339

    sinks = _sinks(session)
    with session.alerts() as state:
        states = {name: state.sink_states.load(name) for name in sinks}
    rows = [
        {
            "sink": name,
            "kind": config.kind,
            "failures": states[name].failures,
            "paused_until": rfc3339(at) if (at := states[name].paused_until) else None,
            "disabled_at": rfc3339(at) if (at := states[name].disabled_at) else None,
            "detail": states[name].disabled_detail,
        }
        for name, config in sinks.items()
    ]
    show(rows, ("sink", "kind", "failures", "paused_until", "disabled_at", "detail"), form, "no sink")


@command(app, "wirewatch sink enable desk-hook")
def enable(session: Session, name: Name) -> None:
    """Send again to a sink that said it is gone (HTTP 410), or that is paused after failures."""
    _sink(session, name)
    with session.alerts() as state:
        state.sink_states.enable(name)
    complain(f"{name}: deliveries go on")


def _sink(session: Session, name: str) -> "AnySink":
    from stream.config.problem import did_you_mean

    sinks = _sinks(session)
    if name not in sinks:
        message = f'there is no sink "{name}" (there are: {", ".join(sinks)})'
        raise CommandError(USAGE, "; ".join(filter(None, (message, did_you_mean(name, sinks)))))
    return sinks[name]


def _sinks(session: Session) -> "Mapping[str, AnySink]":
    from wirewatch.cli.rulebook import require_sound
    from wirewatch.configuration import load_sinks
    from wirewatch.settings import secrets_of

    loaded = load_sinks(session.config_dir)
    require_sound(loaded.problems)
    session.secrets.extend(secrets_of(loaded.sinks))
    return loaded.sinks


def _answer(outcome: "Outcome") -> str:
    reason = getattr(outcome, "reason", "gone")
    return f"{reason}: {outcome.detail}" if outcome.detail else reason
