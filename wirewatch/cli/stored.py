"""An article of the running store, by the name that somebody has for it."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wirewatch.cli.exits import FINDINGS, CommandError

if TYPE_CHECKING:
    from stream.event import ArticleEvent
    from wirewatch.cli.session import Session

_URL = re.compile(r"https?://", re.IGNORECASE)
_EVENT_ID = re.compile(r"[A-Z2-7]{26}\Z")
_ALERT_ID = re.compile(r"[0-9a-f]{32}\Z")


def is_stored_name(name: str) -> bool:
    """Whether it can be a URL, an event id or an alert id rather than a file."""
    return bool(_URL.match(name) or _EVENT_ID.match(name) or _ALERT_ID.match(name))


def stored_event(session: "Session", name: str) -> "ArticleEvent":
    """The newest revision of the article with that URL, event id or alert id.

    Looked for on the log of this machine, then among the articles of alerts, which outlive the log's
    retention. Raises CommandError when neither holds it, or when there is no state at all.
    """
    if _ALERT_ID.match(name):
        with session.alerts() as state:
            found = state.archive.alert(name)
        if found is None:
            raise CommandError(FINDINGS, f"there is no alert {name}")
        return found.alert.match.event
    troubles: list[CommandError] = []
    for look in (_on_log, _among_alerts):
        try:
            event = look(session, name)
        except CommandError as error:
            troubles.append(error)
            continue
        if event is not None:
            return event
    if len(troubles) > 1:
        raise troubles[0]
    hint = "the log forgets an article when its retention has passed, unless an alert holds it"
    raise CommandError(FINDINGS, f"no article {name} is stored here: {hint}")


def _on_log(session: "Session", name: str) -> "ArticleEvent | None":
    from stream.event import decode

    with session.ingest() as state:
        linked = state.store.linked(name) if _URL.match(name) else None
        for event_id in dict.fromkeys(filter(None, (linked, *_event_ids(name)))):
            record = state.log.event_by(event_id)
            if record is not None:
                return decode(record.value)
    return None


def _among_alerts(session: "Session", name: str) -> "ArticleEvent | None":
    with session.alerts() as state:
        return next(filter(None, map(state.archive.event, _event_ids(name))), None)


def _event_ids(name: str) -> Iterator[str]:
    from ingest.identity import url_identity
    from ingest.urls import canonical_url
    from stream.event import identity

    if not _URL.match(name):
        yield name
    elif url := canonical_url(name):
        yield identity(url_identity(url))
