"""`wirewatch schema`: the published schemas, for editors and other programs."""

from wirewatch.cli.command import command, new_group
from wirewatch.cli.output import emit_document
from wirewatch.cli.session import Session

app = new_group(
    "schema",
    "Print a schema: JSON Schema (draft 2020-12) or AsyncAPI.",
    "wirewatch schema event > article-event.json",
)


@command(app, "wirewatch schema event > article-event.v1.json")
def event(session: Session) -> None:
    """The ArticleEvent: what stands on the log, and what `normalise` prints."""
    from stream.event import json_schema

    del session
    emit_document(json_schema())


@command(app, "wirewatch schema alert > alert.schema.json")
def alert(session: Session) -> None:
    """The alert, as webhooks and the file sink get it."""
    from alerts.payload_schema import alert_schema

    del session
    emit_document(alert_schema())


@command(app, "wirewatch schema asyncapi > schemas/asyncapi.json")
def asyncapi(session: Session) -> None:
    """An AsyncAPI 3.0 document: articles on their topic, alerts to webhooks."""
    from wirewatch.asyncapi import document

    del session
    emit_document(document())


@command(app, "wirewatch schema watchlist > schemas/watchlist.v1.schema.json")
def watchlist(session: Session) -> None:
    """The watchlist format, for editors that complete and check YAML."""
    from alerts.watchlist.schema import watchlist_schema

    del session
    emit_document(watchlist_schema())


@command(app, "wirewatch schema settings > settings.schema.json")
def settings(session: Session) -> None:
    """The file config/settings.yaml."""
    from wirewatch.settings import settings_schema

    del session
    emit_document(settings_schema())
