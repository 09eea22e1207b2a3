"""The alert that `wirewatch sink test` sends: marked as a test in every place a reader looks."""

from datetime import datetime

from alerts.alert import Alert, Evidence, Match, alert_id, delivery_key
from alerts.sinks import Outcome, Sink
from stream.event import ArticleEvent, content_hash, identity
from stream.timing import rfc3339

_TITLE = "[TEST] Northland and Southland test their alert line"
_SENTENCE = "Northland and Southland tested their alert line today, and this message shows that it works."


def trial_alert(now: datetime) -> Alert:
    """A made-up alert; its id is new at every instant, so that no receiver drops it as a repeat."""
    event = ArticleEvent(
        event_id=identity(f"trial {rfc3339(now)}"),
        source="wirewatch-sink-test",
        title=_TITLE,
        text=_SENTENCE,
        first_seen_at=now,
        published_at=now,
        content_hash=content_hash(_TITLE, _SENTENCE),
        language="en",
        publisher="Wirewatch",
        url="https://example.org/wirewatch-sink-test",
        sentences=(0,),
    )
    match = Match(
        rule="sink-test",
        rule_title="Test of a sink",
        watchlist="wirewatch",
        severity="informational",
        tags=("test",),
        event=event,
        countries=(),
        theme=None,
        labels=(),
        evidence=(Evidence("test", "text", _SENTENCE, 0, len("Northland and Southland")),),
        is_test=True,
    )
    return Alert(alert_id("sink-test", event.event_id), match, now)


async def try_sink(sink: Sink, now: datetime) -> Outcome:
    """Send the trial alert once, past the outbox, and return what the remote said; closes the sink."""
    alert = trial_alert(now)
    try:
        return await sink.send(alert, delivery_key(alert.alert_id, sink.name), 1)
    finally:
        await sink.close()
