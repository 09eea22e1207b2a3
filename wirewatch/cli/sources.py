"""`wirewatch sources`: what is read, how it is doing, and which feeds answer from here."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wirewatch.cli.command import FormFlag, command, new_group
from wirewatch.cli.exits import FINDINGS, OK, UNAVAILABLE, USAGE, CommandError
from wirewatch.cli.output import complain, show
from wirewatch.cli.session import Session

if TYPE_CHECKING:
    from ingest.health import Health
    from ingest.progress import Progress
    from ingest.store.ledger import Ledger
    from wirewatch.configuration import AnySource

Row = dict[str, Any]
Named = Annotated[
    list[str] | None, typer.Argument(metavar="SOURCE", help="Only these; switched-off ones too.")
]

OnlyShow = Annotated[bool, typer.Option("--ok", help="Exit with 0 whatever is found: only show it.")]

_TROUBLED = frozenset({"failing", "gone", "stale", "silent"})

app = new_group("sources", "What is read, and how it is doing.", "wirewatch sources health")


@command(app, "wirewatch sources list", "wirewatch sources list -o json", name="list")
def list_sources(session: Session, form: FormFlag = "table") -> None:
    """List the configured sources."""
    rows = [_source_row(source) for source in _configured(session)]
    columns = ("id", "kind", "enabled", "interval_s", "publisher", "country", "language", "reads")
    show(rows, columns, form, "no source is configured")


@command(app, "wirewatch sources health", "wirewatch sources health --ok -o json")
def health(session: Session, form: FormFlag = "table", *, only_show: OnlyShow = False) -> None:
    """Say of every source how it is doing, and how all of its items ended; the sums agree.

    Exits with 1 when a source is failing, gone, stale or silent, or when the sums do not agree.
    """
    from ingest.health import survey
    from stream.timing import utc_now

    sources = _configured(session)
    with session.ingest() as state:
        surveyed = survey(sources, state.store.all_progress(), utc_now())
        ledgers = state.store.ledgers()
    rows = list(_health_rows(surveyed, ledgers))
    columns = ("source", "status", "in", "new", "revision", "duplicate", "rejected", "balanced", "health")
    show(rows, columns, form, "no source is configured and none was heard of")
    broken = [row["source"] for row in rows if not row["balanced"]]
    if broken:
        complain(f"the sums do not agree for {', '.join(broken)}: items were lost, which is a bug")
    troubled = [row["source"] for row in rows if row["status"] in _TROUBLED]
    if troubled:
        complain(f"{len(troubled)} of {len(rows)} sources are not heard")
    if (troubled or broken) and not only_show:
        raise typer.Exit(FINDINGS)


@command(app, "wirewatch sources probe", "wirewatch sources probe bbc-world tass -o json")
def probe(session: Session, named: Named = None, form: FormFlag = "table") -> None:
    """Fetch each feed once, now, and say which answer; needs no daemon and changes no state.

    Exits with 0 when at least one feed answers, with 69 when none does.
    """
    import asyncio

    from wirewatch.cli.probe import probe_all

    feeds = _chosen(_configured(session), named)
    rows = asyncio.run(probe_all(feeds, session.settings()))
    columns = ("source", "answers", "entries", "newest", "seconds", "detail")
    show(rows, columns, form, "no feed is configured")
    answering = sum(row["answers"] for row in rows)
    complain(f"{answering} of {len(rows)} feeds answer")
    raise typer.Exit(OK if answering or not rows else UNAVAILABLE)


def _configured(session: Session) -> "tuple[AnySource, ...]":
    from stream.config.problem import ConfigError
    from wirewatch.configuration import load_sources
    from wirewatch.settings import secrets_of

    loaded = load_sources(session.config_dir)
    if loaded.value is None:
        raise ConfigError(loaded.problems)
    session.secrets.extend(secrets_of(loaded.value))
    return loaded.value.sources


def _chosen(sources: "tuple[AnySource, ...]", named: list[str] | None) -> "list[AnySource]":
    """The feeds that are on, or those asked for by name."""
    from stream.config.problem import did_you_mean

    feeds = {source.id: source for source in sources if source.kind == "feed"}
    for name in named or ():
        if name not in feeds:
            message = f'there is no feed "{name}"'
            raise CommandError(USAGE, "; ".join(filter(None, (message, did_you_mean(name, feeds)))))
    return [feeds[name] for name in named] if named else [one for one in feeds.values() if one.enabled]


def _source_row(source: "AnySource") -> Row:
    return {
        "id": source.id,
        "kind": source.kind,
        "enabled": source.enabled,
        "interval_s": source.interval_s,
        "publisher": source.publisher,
        "country": source.publisher_country,
        "language": source.language,
        "section": source.section,
        "tags": source.tags,
        "reads": _reads(source),
    }


def _reads(source: "AnySource") -> str | None:
    from stream.config.secrecy import url_without_secrets

    match source.kind:
        case "feed":
            return url_without_secrets(source.url)
        case "files":
            return source.path
        case "canary":
            return None
        case "kafka":
            return source.topic


def _health_rows(
    surveyed: "dict[str, tuple[Progress, Health]]", ledgers: "dict[str, Ledger]"
) -> Iterator[Row]:
    """The configured sources in their order, then those that only the ledger knows (push, removed ones)."""
    from ingest.progress import Progress
    from ingest.store.ledger import Ledger

    unconfigured = sorted(ledgers.keys() - surveyed.keys())
    for source in (*surveyed, *unconfigured):
        progress, found = surveyed.get(source, (Progress(source=source), None))
        ledger = ledgers.get(source, Ledger())
        yield {
            "source": source,
            "status": found.status if found else "unconfigured",
            "health": found.sentence if found else "not among the configured sources",
            "in": ledger.items_in,
            "new": ledger.new,
            "revision": ledger.revision,
            "duplicate": ledger.duplicate,
            "rejected": sum(ledger.rejected.values()),
            "rejected_by_reason": dict(ledger.rejected),
            "balanced": ledger.is_balanced,
            "last_success_at": _time(progress.succeeded_at),
            "last_new_item_at": _time(progress.new_item_at),
            "due_at": _time(progress.due_at),
        }


def _time(at: datetime | None) -> str | None:
    from stream.timing import rfc3339

    return rfc3339(at) if at else None
