"""From records to rows, decided without touching anything: what one transaction of the matcher stores.

Every record of a batch ends in exactly one of four ways: matched, matched by no rule, seen before, or a
dead letter. Only the last is a problem, and none of them stops the partition.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from alerts.alert import Alert, Match, alert_id, delivery_key, status_of
from alerts.match.effort import TooMuchWorkError
from stream import failpoint
from stream.errors import BadEventError
from stream.event import ArticleEvent, decode
from stream.log import Record

RAW_LIMIT_BYTES = 1_000_000
DETAIL_LIMIT_CHARS = 500

EventKey = tuple[str, int]
"""An event's id and revision: what the inbox remembers."""


class Matcher(Protocol):
    """Finds the rules that hold for an event."""

    def match(self, event: ArticleEvent) -> Sequence[Match]:
        """Return one match a rule; pure, and safe to call again."""
        ...


class Router(Protocol):
    """Says who should hear of a match."""

    def sinks_for(self, match: Match) -> tuple[str, ...]:
        """The names of the sinks, each once; empty when nobody asked."""
        ...


@dataclass(frozen=True, slots=True)
class DeadRecord:
    """A record we gave up on.

    Reasons: those of BadEventError, `matcher_failed`, `matcher_killed`, `router_failed`, `too_much_work`.
    """

    reason: str
    detail: str
    record: Record


@dataclass(frozen=True, slots=True)
class Reading:
    """A record that could be decoded."""

    record: Record
    event: ArticleEvent

    @property
    def key(self) -> EventKey:
        """What the inbox knows it by."""
        return self.event.event_id, self.event.revision


@dataclass(frozen=True, slots=True)
class Routed:
    """A match and the sinks that should hear of it."""

    match: Match
    sinks: tuple[str, ...]

    @property
    def alert_id(self) -> str:
        """The key of the alert it would become."""
        return alert_id(self.match.rule, self.match.event.event_id)


@dataclass(frozen=True, slots=True)
class NewAlert:
    """An alert to store, with one delivery for each of `deliveries` (key, sink); none unless it is live."""

    alert: Alert
    deliveries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction stores. `matches` counts new alerts by rule."""

    inbox: tuple[EventKey, ...] = ()
    alerts: tuple[NewAlert, ...] = ()
    dead: tuple[DeadRecord, ...] = ()
    retried: tuple[int, ...] = ()  # dead letters that had their other try
    matches: Counter[str] = field(default_factory=Counter)

    @property
    def deliveries(self) -> int:
        """How many deliveries it adds to the outbox."""
        return sum(len(new.deliveries) for new in self.alerts)


def read(records: Iterable[Record]) -> tuple[list[Reading], list[DeadRecord]]:
    """Decode what can be decoded; the rest are dead letters with the decoder's reason."""
    readings: list[Reading] = []
    dead: list[DeadRecord] = []
    for record in records:
        if record.damage is not None:
            dead.append(DeadRecord(record.damage, "not the bytes that were appended", record))
            continue
        try:
            readings.append(Reading(record, decode(record.value)))
        except BadEventError as error:
            dead.append(DeadRecord(error.reason, error.detail[:DETAIL_LIMIT_CHARS], record))
    return readings, dead


def unseen(readings: Iterable[Reading], seen: Collection[EventKey]) -> list[Reading]:
    """Those the inbox does not know, each key once: a replay and a duplicate are no work."""
    fresh: dict[EventKey, Reading] = {}
    for reading in readings:
        if reading.key not in seen:
            fresh.setdefault(reading.key, reading)
    return list(fresh.values())


def match_all(
    readings: Iterable[Reading], matcher: Matcher, router: Router, observe: Callable[[Reading], None]
) -> tuple[list[Reading], list[Routed], list[DeadRecord]]:
    """Run the rules over each event: those that could be matched, what came of it, those that could not.

    A matcher or router that raises costs that one record, never the partition. `observe` is called
    after each event, for the metrics.
    """
    done: list[Reading] = []
    routed: list[Routed] = []
    dead: list[DeadRecord] = []
    for reading in readings:
        outcome = _match_one(reading, matcher, router)
        if isinstance(outcome, DeadRecord):
            dead.append(outcome)
        else:
            done.append(reading)
            routed += outcome
        observe(reading)
    return done, routed, dead


def _match_one(reading: Reading, matcher: Matcher, router: Router) -> list[Routed] | DeadRecord:
    reason = "matcher_failed"
    try:
        matches = match_event(reading.event, matcher)
        reason = "router_failed"
        return [Routed(match, router.sinks_for(match)) for match in matches]
    except TooMuchWorkError as error:
        return DeadRecord("too_much_work", str(error), reading.record)
    except Exception as error:  # noqa: BLE001 # whatever is wrong with one event must not hold up the others
        detail = f"{type(error).__name__}: {error}"[:DETAIL_LIMIT_CHARS]
        return DeadRecord(reason, detail, reading.record)


def match_event(event: ArticleEvent, matcher: Matcher) -> Sequence[Match]:
    """Every rule that holds; what kills the process of one who calls this kills that of every other."""
    failpoint.meet("match.event", event.event_id)
    return matcher.match(event)


def new_alerts(
    routed: Iterable[Routed], known: Collection[str], created_at: datetime
) -> tuple[tuple[NewAlert, ...], Counter[str]]:
    """One alert for a rule and an article: `known` ids and a second revision's same match raise nothing."""
    fresh: dict[str, NewAlert] = {}
    for candidate in routed:
        key = candidate.alert_id
        if key not in known and key not in fresh:
            fresh[key] = _new_alert(candidate, key, created_at)
    return tuple(fresh.values()), Counter(new.alert.match.rule for new in fresh.values())


def _new_alert(candidate: Routed, key: str, created_at: datetime) -> NewAlert:
    is_sent = status_of(candidate.match) == "live"
    sinks = candidate.sinks if is_sent else ()
    return NewAlert(
        Alert(key, candidate.match, created_at), tuple((delivery_key(key, sink), sink) for sink in sinks)
    )


def lineages(records: Iterable[Record]) -> dict[int, str]:
    """Of which log the position after these records is, by partition; records in their order."""
    return {record.partition: record.lineage for record in records}


def next_offsets(records: Iterable[Record]) -> dict[int, int]:
    """The position after these records, by partition."""
    offsets: dict[int, int] = {}
    for record in records:
        offsets[record.partition] = max(offsets.get(record.partition, 0), record.offset + 1)
    return offsets
