"""`wirewatch dead-letters`: what we gave up on, with its reason."""

import sys
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from wirewatch.cli.command import FormFlag, Limit, command, new_group
from wirewatch.cli.exits import FINDINGS, CommandError
from wirewatch.cli.output import complain, emit, say, show
from wirewatch.cli.session import Session

if TYPE_CHECKING:
    from alerts.store.dead_letters import DeadLetter

Kind = Annotated[
    Literal["record", "delivery"] | None, typer.Option("--kind", help="Only records, or only deliveries.")
]
Reason = Annotated[str, typer.Option("--reason", help="Only those of this reason.")]
LetterId = Annotated[int, typer.Argument(metavar="ID", help="As `dead-letters list` shows it.")]
LetterIds = Annotated[list[int], typer.Argument(metavar="ID", help="As `dead-letters list` shows them.")]

app = new_group("dead-letters", "What we gave up on, with its reason.", "wirewatch dead-letters list")


@command(
    app, "wirewatch dead-letters list", "wirewatch dead-letters list --kind delivery -o json", name="list"
)
def list_letters(
    session: Session, kind: Kind = None, reason: Reason = "", limit: Limit = 50, form: FormFlag = "table"
) -> None:
    """List dead letters, the newest first."""
    with session.alerts() as state:
        found = state.dead_letters.list(kind=kind or "", reason=reason, limit=limit)
    columns = ("id", "at", "kind", "about", "reason", "detail", "retried_at")
    show([_row(letter) for letter in found], columns, form, "no dead letter")


@command(app, "wirewatch dead-letters show 7", "wirewatch dead-letters show 7 -o json", name="show")
def show_letter(session: Session, letter_id: LetterId, form: FormFlag = "table") -> None:
    """Show one dead letter, with the bytes of its record."""
    with session.alerts() as state:
        found = state.dead_letters.show(letter_id)
    if found is None:
        raise CommandError(FINDINGS, f"there is no dead letter {letter_id}")
    letter, raw = found
    text = raw.decode("utf-8", "replace")
    if form == "json":
        emit({**_row(letter), "raw": text})
        return
    for name, value in _row(letter).items():
        if value is not None:
            say(f"{name:14} {value}")
    if raw:
        sys.stdout.write("".join(char if char.isprintable() or char == "\n" else "�" for char in text) + "\n")


@command(app, "wirewatch dead-letters retry 7 8 9")
def retry(session: Session, letter_ids: LetterIds) -> None:
    """Give dead letters another try: records are matched again, deliveries sent again."""
    with session.alerts() as state:
        missing = [one for one in letter_ids if not state.dead_letters.retry(one, state.clock())]
    complain(f"{len(letter_ids) - len(missing)} of {len(letter_ids)} to be tried again")
    if missing:
        raise CommandError(FINDINGS, f"nothing to try for {', '.join(map(str, missing))}")


def _row(letter: "DeadLetter") -> dict[str, Any]:
    from stream.timing import rfc3339

    return {
        "id": letter.id,
        "at": rfc3339(letter.at),
        "kind": letter.kind,
        "reason": letter.reason,
        "detail": letter.detail,
        "topic": letter.topic,
        "partition": letter.partition,
        "offset": letter.offset,
        "about": letter.about,
        "sink": letter.sink,
        "rule": letter.rule,
        "alert_id": letter.alert_id,
        "delivery_key": letter.delivery_key,
        "raw_bytes": letter.raw_bytes,
        "retry_at": rfc3339(letter.retry_at) if letter.retry_at else None,
        "retried_at": rfc3339(letter.retried_at) if letter.retried_at else None,
    }
