"""Wiring: settings become objects here, and nowhere else."""

import os
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    Info,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)

from alerts.consume import Consume, Rules
from alerts.deliver import Deliver
from alerts.lane import Channel, Post
from alerts.metrics import AlertMetrics
from alerts.render import Renderer
from alerts.schedule import EMAIL, LOCAL, WEBHOOK
from alerts.sinks import Sink
from alerts.sinks.console import ConsoleConfig, ConsoleSink
from alerts.sinks.email import EmailConfig, EmailSink
from alerts.sinks.file import FileConfig, FileSink
from alerts.sinks.kafka import KafkaSink, KafkaSinkConfig
from alerts.sinks.nowhere import NowhereConfig, NowhereSink
from alerts.sinks.webhook import WebhookConfig, WebhookSink
from ingest.annotating import load_annotate
from ingest.fetch.fetcher import Fetcher
from ingest.intake import Intake
from ingest.metrics import IngestMetrics
from ingest.polling.poll import Poller
from ingest.polling.schedule import Schedule
from ingest.sources import Source
from ingest.sources.canary import CanarySource, CanarySourceConfig
from ingest.sources.feed import FeedSource, FeedSourceConfig
from ingest.sources.files import FilesSource, FilesSourceConfig
from ingest.sources.kafka import KafkaSource, KafkaSourceConfig
from ingest.store.ingest_store import MIGRATIONS as INGEST_MIGRATIONS
from ingest.store.ingest_store import IngestStore
from ingest.workers.pool import Workers
from stream.config.problem import ConfigError
from stream.db import Database
from stream.errors import StreamError
from stream.forward import GROUP as FORWARD
from stream.metrics import StreamMetrics
from stream.open import open_log
from stream.sqlite_log import SqliteLog
from stream.timing import Clock, utc_now
from wirewatch.configuration import AnySink, AnySource, load_gazetteer
from wirewatch.environment import GAZETTEER
from wirewatch.live import LiveRules, LiveSources
from wirewatch.needs import EVERYTHING, LOCAL_LOG, Needs
from wirewatch.roles.alerts import AlertsRole
from wirewatch.roles.deliver import DeliverRole
from wirewatch.roles.ingest import IngestRole
from wirewatch.roles.web import WebRole
from wirewatch.settings import LOOPBACK, Settings
from wirewatch.web.app import Push, create_app
from wirewatch.web.push import Door
from wirewatch.web.sight import Sight, Vitals
from wirewatch.wiring_database import AlertState, open_alerts
from wirewatch.wiring_log import GROUP, read_kafka, read_local
from wirewatch.wiring_sharing import Together, open_sharing

T = TypeVar("T")

_LOCAL_SENDS = 16  # at once: what is sent together is settled in one transaction


@dataclass(frozen=True, slots=True)
class IngestState:
    """The file of ingest, opened: what sources left, and the embedded log."""

    database: Database
    log: SqliteLog
    store: IngestStore


@dataclass(frozen=True, slots=True)
class State:
    """What the roles, the pages or a command asked for, opened; None: not asked for."""

    maybe_ingest: IngestState | None
    maybe_alerts: AlertState | None

    @property
    def ingest(self) -> IngestState:
        """The file of ingest; only for who asked for it."""
        return _opened(self.maybe_ingest, "the file of ingest")

    @property
    def alerts(self) -> AlertState:
        """The database of alerts; only for who asked for it."""
        return _opened(self.maybe_alerts, "the database of alerts")

    def close(self) -> None:
        """Close what is open; what was acknowledged is durable already."""
        if self.maybe_alerts is not None:
            self.maybe_alerts.database.close()
        if self.maybe_ingest is not None:
            self.maybe_ingest.database.close()


def _opened(part: T | None, name: str) -> T:
    if part is None:
        raise StreamError(f"{name} was not opened: nobody here said that it is needed")
    return part


@dataclass(frozen=True, slots=True)
class Metrics:
    """One registry, and what each package counts on it."""

    registry: CollectorRegistry
    stream: StreamMetrics
    ingest: IngestMetrics
    alerts: AlertMetrics


def new_metrics() -> Metrics:
    """Make a registry with everything on it, the process included."""
    # When each series began: as many series again, for which nobody asks.
    disable_created_metrics()  # type: ignore[no-untyped-call]  # the package has no annotation there
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    Info("wirewatch_build", "Which version runs.", registry=registry).info({"version": program_version()})
    return Metrics(registry, StreamMetrics(registry), IngestMetrics(registry), AlertMetrics(registry))


def program_version() -> str:
    """The version of the installed distribution."""
    return version("wirewatch")


def open_state(
    settings: Settings, metrics: Metrics | None = None, clock: Clock = utc_now, needs: Needs = EVERYTHING
) -> State:
    """Open or create what is needed; raises StateError for what cannot be trusted or reached."""
    if needs.log or not settings.shared.alerts:
        settings.state_dir.mkdir(parents=True, exist_ok=True)
    ingest = open_ingest(settings, metrics, clock) if needs.log else None
    try:
        return State(ingest, open_alerts(settings, clock) if needs.alerts else None)
    except BaseException:
        if ingest is not None:
            ingest.database.close()
        raise


def open_ingest(settings: Settings, metrics: Metrics | None = None, clock: Clock = utc_now) -> IngestState:
    """Open or create the file of ingest; raises StateError for one that cannot be trusted."""
    observe = partial(metrics.stream.observe_commit, "ingest") if metrics else None
    migrations = [*SqliteLog.MIGRATIONS, *INGEST_MIGRATIONS]
    database = Database(settings.state_dir / LOCAL_LOG, migrations, observe_commit=observe)
    log = open_log(settings.stream, database, clock=clock, metrics=metrics.stream if metrics else None)
    return IngestState(database, log, IngestStore(database, log, clock))


def new_fetcher(settings: Settings, metrics: Metrics | None = None) -> Fetcher:
    """Make the fetcher; it opens its connections when it is entered."""
    observer = metrics.ingest if metrics else None
    return Fetcher(settings.net, settings.ingest.fetch, version=program_version(), observer=observer)


def new_workers(settings: Settings, metrics: Metrics | None = None) -> Workers:
    """Make the pool of extraction processes; each starts at its first call.

    Raises ConfigError where the names that the operator adds are unsound: better now than in each process.
    """
    problems = load_gazetteer(settings.config_dir).problems
    if any(problem.is_error for problem in problems):
        raise ConfigError(problems)
    initialise = partial(load_annotate, settings.config_dir / GAZETTEER)
    if metrics is None:
        return Workers(initialise, settings.ingest.workers)
    return Workers(initialise, settings.ingest.workers, on_loss=metrics.ingest.worker_lost)


def source_builder(fetcher: Fetcher, workers: Workers, store: IngestStore) -> Callable[[AnySource], Source]:
    """Say how a configured source becomes one that can be polled."""

    def build(config: AnySource) -> Source:
        match config:
            case FeedSourceConfig():
                return FeedSource(config, fetcher, workers)
            case FilesSourceConfig():
                return FilesSource(config, Path(config.path), store)
            case CanarySourceConfig():
                return CanarySource(config)
            case KafkaSourceConfig():
                return KafkaSource(config)

    return build


def ingest_role(
    settings: Settings,
    state: State,
    sources: LiveSources,
    metrics: Metrics,
    together: Together | None,
    clock: Clock = utc_now,
) -> IngestRole:
    """Build the ingest role; `together` where it shares the sources with others."""
    store = state.ingest.store
    fetcher, workers = new_fetcher(settings, metrics), new_workers(settings, metrics)
    shared = together.shared if together else None
    intake = Intake(store, workers, settings.ingest.intake, metrics.ingest, clock, shared)
    poller = Poller(intake, store, settings.ingest.polling, clock, random.Random())  # noqa: S311 - jitter
    schedule = Schedule(poller, settings.ingest.polling, metrics.ingest, clock)
    build = source_builder(fetcher, workers, store)
    return IngestRole(
        schedule,
        intake,
        fetcher,
        workers,
        store,
        lambda: [build(source) for source in sources.enabled],
        together.sharing if together else None,
    )


def meet_ingesters(settings: Settings, state: State, clock: Clock = utc_now) -> Together | None:
    """Meet those who share the sources; None where there is no PostgreSQL to meet in."""
    if (server := settings.database.server) is None:
        return None
    readers = FORWARD if settings.shared.log else GROUP
    return open_sharing(server, state.ingest.store, state.ingest.log, readers, clock)


def alerts_role(
    settings: Settings, state: State, rules: LiveRules, metrics: Metrics
) -> tuple[AlertsRole, Consume]:
    """Build the alerts role, with the loop it runs so that deliverers can listen to it."""
    database, clock = state.alerts.database, state.alerts.clock
    if settings.shared.log:
        consumer, ledger = read_kafka(settings.stream.kafka, database, metrics.stream)
    else:
        consumer, ledger = read_local(state.ingest.log, database, topic_of(settings, state), clock)
    consume = Consume(consumer, ledger, Rules(rules, rules), metrics.alerts, clock, settings.alerts.consume)
    return AlertsRole(consume, consumer), consume


def topic_of(settings: Settings, state: State) -> str:
    """What positions in the local log belong to: in a shared database those of several are told apart."""
    topic = settings.stream.topic
    return f"{topic}@{state.ingest.store.identity()}" if settings.shared.alerts else topic


def deliver_role(
    settings: Settings, state: State, rules: LiveRules, metrics: Metrics, clock: Clock = utc_now
) -> DeliverRole:
    """Build the deliver role; it asks for the sinks in force whenever it starts."""
    rng = random.Random()  # noqa: S311 - jitter
    alerts = state.alerts
    post = Post(alerts.outbox, alerts.sink_states, metrics.alerts, alerts.clock, rng)

    def channels() -> list[Channel]:
        return [
            new_channel(name, config, settings, clock) for name, config in rules.state.value.sinks.items()
        ]

    def deliver(channels: Sequence[Channel]) -> Deliver:
        is_only = not alerts.database.is_shared  # SQLite: the lock on the state folder says so
        return Deliver(channels, post, settings.alerts.deliver, is_only=is_only)

    return DeliverRole(channels, deliver)


def new_channel(name: str, config: AnySink, settings: Settings, clock: Clock = utc_now) -> Channel:
    """Make a sink, with the schedule its kind is retried on."""
    match config:
        case ConsoleConfig():
            return Channel(new_console(name), LOCAL, _LOCAL_SENDS)
        case FileConfig():
            config.path.parent.mkdir(parents=True, exist_ok=True)
            return Channel(FileSink(name, config.path), LOCAL, _LOCAL_SENDS)
        case EmailConfig():
            return Channel(EmailSink(name, config, Renderer()), EMAIL, config.concurrency)
        case KafkaSinkConfig():
            return Channel(KafkaSink(name, config), LOCAL, _LOCAL_SENDS)
        case WebhookConfig():
            return Channel(WebhookSink(name, config, settings.net, clock), WEBHOOK, config.concurrency)
        case NowhereConfig():
            return Channel(NowhereSink(name), LOCAL, _LOCAL_SENDS)


def new_console(name: str) -> Sink:
    """Make the sink on standard output: blocks on a terminal, in colour unless NO_COLOR says no."""
    is_terminal = sys.stdout.isatty()
    return ConsoleSink(
        name, sys.stdout, block=is_terminal, color=is_terminal and "NO_COLOR" not in os.environ
    )


def web_role(settings: Settings, vitals: Vitals, door: Door | None, sight: Sight | None) -> WebRole:
    """Build the HTTP server; `door` is where pushed articles go in, in a process that ingests."""
    web = settings.web
    token = web.token.get_secret_value() if web.token else None
    push = Push(door, settings.ingest.push, token) if door else None
    # On loopback a page of another site could reach us under a name of its own (DNS rebinding).
    hosts = (*LOOPBACK, *web.hosts) if web.host in LOOPBACK or web.hosts else ()
    app = create_app(vitals, push, version=program_version(), hosts=hosts, sight=sight)
    return WebRole(app, web.host, web.port)
