"""Settling a hand-over: each item is decided, remembered and, if it is news, made ready for the log."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from ingest.arrival import Arrival, Repeated, Ruled
from ingest.item import Rejected
from ingest.outcome import Accepted, Duplicate, Outcome
from ingest.revision import MAX_REVISIONS, WINDOW, Decision, New, Restless, Revision, Unaltered, decide
from ingest.store import articles, handled, ledger
from stream.db import Connection
from stream.event import ArticleEvent
from stream.log import Appended

_RESTLESS = f"changed more than {MAX_REVISIONS} times in {WINDOW.days} days"


class Settlement:
    """The arrivals of one hand-over being settled, inside one transaction: each sees those before it.

    `events` are to be appended to the log before `conclude`.
    """

    def __init__(self, connection: Connection, source: str, now: datetime) -> None:
        self._connection = connection
        self._source = source
        self._now = now
        self._outcomes: list[Outcome] = []
        self._rejected: list[Rejected] = []
        self._appending: list[int] = []  # of each event, the index of its outcome
        self.events: list[ArticleEvent] = []

    def settle(self, arrivals: Iterable[Arrival]) -> None:
        """Decide and remember, in order."""
        for arrival in arrivals:
            self._outcomes.append(self._settled(arrival))
        if self._rejected:
            ledger.reject(self._connection, self._source, self._rejected, self._now)

    def conclude(self, places: Sequence[Appended]) -> tuple[Outcome, ...]:
        """The outcomes, now that the log has answered: what it held already is no news after all."""
        for index, event, place in zip(self._appending, self.events, places, strict=True):
            if not place.is_new:
                self._outcomes[index] = Duplicate(event.event_id)
        return tuple(self._outcomes)

    def _settled(self, arrival: Arrival) -> Outcome:
        match arrival.result:
            case Repeated(outcome=outcome):
                return self._repeat(arrival, outcome)
            case Rejected() as rejected:
                return self._reject(arrival, rejected)
            case Ruled(decision=decision):
                return self._follow(arrival, decision)
            case event:
                return self._decide(arrival, event)

    def _decide(self, arrival: Arrival, event: ArticleEvent) -> Outcome:
        known = articles.find(self._connection, event, arrival.links)
        match decide(known, event, self._now):
            case New(event=ours):
                articles.add(self._connection, ours, self._now)
                return self._append(arrival, event, ours, is_new=True)
            case Revision(event=ours) as revision:
                articles.revise(self._connection, revision)
                return self._append(arrival, event, ours, is_new=False)
            case Unaltered(event_id=event_id):
                self._remember(arrival, event, event_id)
                return Duplicate(event_id)
            case Restless():
                return self._reject(arrival, self._restless(arrival))

    def _follow(self, arrival: Arrival, decision: Decision) -> Outcome:
        """Do what was decided together: the articles are remembered there, here only the item."""
        match decision:
            case New(event=ours) | Revision(event=ours):
                self._appending.append(len(self._outcomes))
                self.events.append(ours)
                self._remember_item(arrival, ours.event_id)
                return Accepted(ours.event_id, ours.revision, isinstance(decision, New))
            case Unaltered(event_id=event_id):
                self._remember_item(arrival, event_id)
                return Duplicate(event_id)
            case Restless():
                return self._reject(arrival, self._restless(arrival))

    def _restless(self, arrival: Arrival) -> Rejected:
        return Rejected("not_an_article", _RESTLESS, self._source, arrival.locator)

    def _append(self, arrival: Arrival, found: ArticleEvent, ours: ArticleEvent, *, is_new: bool) -> Outcome:
        self._appending.append(len(self._outcomes))
        self.events.append(ours)
        self._remember(arrival, found, ours.event_id)
        return Accepted(ours.event_id, ours.revision, is_new)

    def _remember(self, arrival: Arrival, found: ArticleEvent, event_id: str) -> None:
        articles.sight(self._connection, event_id, found, arrival.links, self._now)
        self._remember_item(arrival, event_id)

    def _remember_item(self, arrival: Arrival, event_id: str) -> None:
        if arrival.fingerprint is not None:
            handled.remember(self._connection, arrival.fingerprint, event_id, self._now)

    def _reject(self, arrival: Arrival, rejected: Rejected) -> Rejected:
        self._rejected.append(rejected)
        if arrival.fingerprint is not None:
            handled.remember_rejected(self._connection, arrival.fingerprint, rejected, self._now)
        return rejected

    def _repeat(self, arrival: Arrival, outcome: Duplicate | Rejected) -> Outcome:
        if arrival.fingerprint is not None:
            handled.refresh(self._connection, arrival.fingerprint, self._now)
        if isinstance(outcome, Duplicate):
            articles.refresh(self._connection, outcome.event_id, self._now)
        return outcome
