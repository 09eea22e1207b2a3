"""Notices to the operator: ordinary alerts of a built-in rule, so that they go where all alerts go.

The rule is `wirewatch-operator` of the watchlist `wirewatch`: routes can ask for either. A notice is raised
when the state of its subject changes, and what state was last told is read from the alerts themselves: so no
restart tells it again, and of several processes that see the same change one tells it.
"""

from dataclasses import dataclass
from datetime import datetime

from alerts.alert import Alert, Evidence, Match
from alerts.batch import Batch, Routed, Router, new_alerts
from alerts.store.archive import Archive
from alerts.store.ledger import Ledger
from alerts.store.wanted import Wanted
from alerts.watchlist.clauses import Severity
from stream.event import ArticleEvent, content_hash, identity

OPERATOR_RULE = "wirewatch-operator"
OPERATOR_WATCHLIST = "wirewatch"
OPERATOR_TAG = "operator"
_LOOK_BACK = 50
_NOTICES = Wanted(rule=OPERATOR_RULE)


@dataclass(frozen=True, slots=True)
class Notice:
    """What an operator is to know: the state that a subject is in now. Both are bounded words."""

    subject: str
    state: str
    severity: Severity
    title: str
    text: str


class Notices:
    """Raises notices, each change once. Safe to use in several processes."""

    def __init__(self, archive: Archive, ledger: Ledger, router: Router) -> None:
        self._archive = archive
        self._ledger = ledger
        self._router = router

    def told(self, subject: str) -> str | None:
        """The state of a subject that was last told; None: none was."""
        last = self._last(subject)
        return None if last is None else last.match.labels[1]

    def tell(self, notice: Notice, now: datetime) -> bool:
        """Raise the notice, unless this state was told last; says whether it was raised.

        Its key is made of what was told before it: two processes that see one change make one alert.
        """
        last = self._last(notice.subject)
        if last is not None and last.match.labels[1] == notice.state:
            return False
        match = _match(notice, last.alert_id if last else "", now)
        alerts, matches = new_alerts([Routed(match, self._router.sinks_for(match))], (), now)
        known = self._ledger.known_alerts([new.alert.alert_id for new in alerts])
        if known:
            return False
        self._ledger.commit(Batch(alerts=alerts, matches=matches), {}, {}, now)
        return True

    def _last(self, subject: str) -> Alert | None:
        newest_first = (one.alert for one in self._archive.alerts(_NOTICES, limit=_LOOK_BACK))
        return next((alert for alert in newest_first if alert.match.labels[:1] == (subject,)), None)


def _match(notice: Notice, before: str, now: datetime) -> Match:
    event = ArticleEvent(
        event_id=identity(f"notice {notice.subject} {notice.state} after {before}"),
        source=OPERATOR_WATCHLIST,
        title=notice.title,
        text=notice.text,
        first_seen_at=now,
        published_at=now,
        content_hash=content_hash(notice.title, notice.text),
        language="en",
        publisher="Wirewatch",
        sentences=(0,),
    )
    return Match(
        rule=OPERATOR_RULE,
        rule_title="Wirewatch itself",
        watchlist=OPERATOR_WATCHLIST,
        severity=notice.severity,
        tags=(OPERATOR_TAG,),
        event=event,
        countries=(),
        theme=None,
        labels=(notice.subject, notice.state),
        evidence=(Evidence(notice.subject, "text", notice.text, 0, len(notice.text)),),
    )
