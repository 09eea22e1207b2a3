"""A state directory with something in every table, put there by the real stores."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from alerts.alert import Alert, Evidence, Match
from alerts.batch import Batch, DeadRecord, Routed, new_alerts
from alerts.outbox import Outbox
from alerts.schedule import Settlement
from alerts.store.archive import Archive
from alerts.store.database import open_sqlite
from alerts.store.dead_letters import DeadLetters
from alerts.store.ledger import Ledger
from alerts.store.sink_states import SinkStates
from ingest.arrival import Arrival
from ingest.item import Rejected
from ingest.progress import Progress, Tally, answered, failed, received
from ingest.sources.push import PushConfig
from ingest.store.ingest_store import MIGRATIONS, HandOver, IngestStore
from stream.db import Database
from stream.event import ArticleEvent
from stream.sqlite_log import SqliteLog
from tests.support.alerting import SteppedClock, make_record
from wirewatch.live import LiveRules, LiveSources
from wirewatch.readiness import Readiness, Verdict
from wirewatch.roles.web import WebRole
from wirewatch.server.limits import ConnectionLimits
from wirewatch.server.metrics import ServerMetrics
from wirewatch.server.server import BoundedServer
from wirewatch.web.access.guard import Access
from wirewatch.web.app import Push, create_app
from wirewatch.web.push import Door
from wirewatch.web.sight import Sight

VERSION = "9.8.7"
LIMITS = ConnectionLimits()
HOSTS = frozenset({"127.0.0.1", "localhost"})

WATCHLIST = """\
watchlist: borders
owner: border-desk
rules:
  - id: pact
    title: Iran–Turkey pact
    description: Two neighbours agree on something.
    severity: high
    tags: [treaty]
    when:
      countries: [IR, TR]
      text: {any: [pact, {near: [train, armies], words: 8}, {regex: "treat(y|ies)"}]}
      none: [{publisher: The Joker}]
    tests:
      - {article: "Iran and Turkey sign a pact", expect: match}
      - {article: "Iran bans imports from Turkey", expect: no_match}
  - id: trial
    title: A rule on trial
    severity: low
    status: test
    when: {text: harbour}
    tests:
      - {article: "The harbour was closed", expect: match}
  - id: idea
    title: Only an idea
    status: draft
    when: {text: idea}
"""
ROUTES = """\
sinks:
  desk: {kind: file, path: alerts.jsonl}
  hook: {kind: console}
default: [desk, hook]
"""
SOURCES = """\
sources:
  - {id: wire, kind: feed, url: "https://feeds.example.org/wire.xml?key=SECRETKEY", publisher: The Wire}
  - {id: gazette, kind: feed, url: "https://feeds.example.org/gazette.xml"}
  - {id: inbox, kind: files, path: inbox}
  - {id: resting, kind: feed, url: "https://feeds.example.org/resting.xml", enabled: false}
"""


class Silence:
    """Reload metrics that nobody reads."""

    def reloaded(self, at: object, *, is_successful: bool) -> None:
        """Nothing to note."""


def write_config(folder: Path, watchlist: str = WATCHLIST) -> Path:
    (folder / "watchlists").mkdir(parents=True, exist_ok=True)
    (folder / "watchlists" / "borders.yaml").write_text(watchlist, encoding="utf-8")
    (folder / "routes.yaml").write_text(ROUTES, encoding="utf-8")
    (folder / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    return folder


@dataclass
class Scene:
    """The opened state and what looks at it."""

    sight: Sight
    clock: SteppedClock
    config: Path
    ledger: Ledger
    log_db: Database
    log: SqliteLog
    store: IngestStore

    def raise_alerts(self, *matches: Match, sinks: tuple[str, ...] = ("desk", "hook")) -> list[Alert]:
        """Store alerts as the matcher does; the clock goes on a second after each."""
        stored = []
        for match in matches:
            alerts, counted = new_alerts([Routed(match, sinks)], (), self.clock())
            self.ledger.commit(Batch(alerts=alerts, matches=counted), {}, {}, self.clock())
            stored += [new.alert for new in alerts]
            self.clock.step(1)
        return stored

    def settle(self, sink: str, settlement: Settlement, limit: int = 100) -> None:
        claims = self.sight.outbox.claim(sink, limit, self.clock())
        self.sight.outbox.settle([(claim, settlement) for claim in claims], self.clock())

    def bury(self, *reasons: str) -> None:
        dead = tuple(
            DeadRecord(reason, f"detail of {reason}", make_record(b"{", offset=number))
            for number, reason in enumerate(reasons, start=1)
        )
        self.ledger.commit(Batch(dead=dead), {}, {}, self.clock())

    def hand_over(
        self, source: str, events: Sequence[ArticleEvent] = (), rejected: Sequence[Rejected] = ()
    ) -> None:
        """Let a source hand over items, as intake does."""
        now = self.clock()

        def advance(progress: Progress, tally: Tally) -> Progress:
            heard = received(progress, now=now, tally=tally)
            due_at = now + timedelta(minutes=15)
            return answered(heard, now=now, cursor={}, due_at=due_at, interval_s=900.0)

        arrivals = [*map(Arrival, events), *map(Arrival, rejected)]
        self.store.record(HandOver(source, arrivals, advance)).result(10)

    def fail(self, source: str, reason: str, detail: str, times: int = 3) -> None:
        due_at = self.clock() + timedelta(minutes=30)
        for _ in range(times):
            self.store.advance(
                source,
                lambda progress: failed(
                    progress, now=self.clock(), reason=reason, detail=detail, due_at=due_at
                ),
            ).result(10)

    def break_config(self) -> None:
        write_config(self.config, WATCHLIST.replace("severity: high", "severity: hihg"))
        self.sight.rules.reload(self.clock())


@contextmanager
def scene(folder: Path) -> Iterator[Scene]:
    clock = SteppedClock()
    config = write_config(folder / "config")
    log_db = Database(folder / "ingest.db", [*SqliteLog.MIGRATIONS, *MIGRATIONS])
    alerts_db = open_sqlite(folder / "alerts.db")
    log = SqliteLog(log_db, clock=clock)
    readiness = Readiness()
    readiness.add("rules", lambda: Verdict(is_ready=True, detail="2 rules"))
    store = IngestStore(log_db, log, clock)
    sight = Sight(
        archive=Archive(alerts_db),
        outbox=Outbox(alerts_db),
        dead_letters=DeadLetters(alerts_db),
        sink_states=SinkStates(alerts_db),
        store=store,
        progress=store.all_progress,
        log=log,
        rules=LiveRules(config, Silence(), clock()),
        sources=LiveSources(config, Silence(), clock()),
        readiness=readiness,
        registry=CollectorRegistry(),
        clock=clock,
    )
    try:
        yield Scene(sight, clock, config, Ledger(alerts_db, "alerts", "articles"), log_db, log, store)
    finally:
        alerts_db.close()
        log_db.close()


@contextmanager
def serving(
    sight: Sight,
    *,
    door: Door | None = None,
    token: str | None = None,
    has_pages: bool = True,
    limits: ConnectionLimits = LIMITS,
    proxies: Sequence[str] = ("127.0.0.1",),
    access: Access | None = None,
    **push_limits: Any,
) -> Iterator[str]:
    """The application under a real server on loopback; yields its address without the last slash."""
    push = Push(door, PushConfig(**push_limits), token) if door else None
    shown = sight if has_pages else None
    app = create_app(sight, push, version=VERSION, hosts=HOSTS, sight=shown, access=access)
    server = BoundedServer(app, limits, proxies, ServerMetrics(CollectorRegistry()))
    role = WebRole(server, "127.0.0.1", 0)
    role.start()
    try:
        yield role.address.rstrip("/")
    finally:
        role.stop()


def evidence(event: ArticleEvent, *words: tuple[str, str], field: str = "text") -> tuple[Evidence, ...]:
    """Evidence for (clause, words) where they first stand in a field; the sentence is its line."""
    whole: str = getattr(event, field)
    found = []
    for clause, word in words:
        at = whole.index(word)
        start = whole.rfind("\n", 0, at) + 1
        end = whole.find("\n", at)
        sentence = whole[start : end if end >= 0 else len(whole)]
        found.append(Evidence(clause, field, sentence, at, at + len(word)))
    return tuple(found)
