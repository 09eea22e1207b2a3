"""`wirewatch kafka`: the topics that the log on Kafka needs."""

from typing import TYPE_CHECKING, Annotated

import typer

from wirewatch.cli.command import FormFlag, command, new_group
from wirewatch.cli.exits import BAD_CONFIG, FINDINGS, CommandError
from wirewatch.cli.output import show
from wirewatch.cli.session import Session

if TYPE_CHECKING:
    from stream.kafka.options import KafkaOptions

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be made, make nothing.")]

app = new_group("kafka", "The topics of the log on Apache Kafka.", "wirewatch kafka init")


@app.callback()
def _group() -> None:
    """Keep the group a group while it has one command."""


@command(app, "wirewatch kafka init", "wirewatch kafka init --dry-run -o json")
def init(session: Session, is_dry: DryRun = False, form: FormFlag = "table") -> None:
    """Make the topics that are missing, as stream.kafka.create says; no other command ever makes one.

    A topic that is there is left as it is; exit 1 when it does not fit, 69 when no broker answers.
    """
    from stream.kafka.topics import misfits, open_topics, plan

    options = configured(session)
    rows = []
    with open_topics(options) as topics:
        brokers = topics.brokers()
        for name in (options.topic,):
            wanted, found = plan(name, options.create, brokers), topics.state(name)
            if found is None and not is_dry:
                topics.create(wanted)
            said = [] if found is None else misfits(wanted, found)
            state = ("would be made" if is_dry else "made") if found is None else "misfit" if said else "fits"
            shape = f"{wanted.partitions} partitions, {wanted.replication} copies"
            rows.append({"topic": name, "state": state, "detail": "; ".join(said) or shape})
    show(rows, ("topic", "state", "detail"), form, "no topic is needed")
    if any(row["state"] == "misfit" for row in rows):
        raise typer.Exit(FINDINGS)


def configured(session: Session) -> "KafkaOptions":
    """The options of Kafka; CommandError where none is configured."""
    options = session.settings().stream.kafka
    if not options.bootstrap_servers:
        raise CommandError(BAD_CONFIG, "stream.kafka.bootstrap_servers is empty: the log is the embedded one")
    return options
