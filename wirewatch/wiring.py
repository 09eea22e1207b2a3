"""Wiring: settings become objects here, and nowhere else."""

import os
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

from prometheus_client import CollectorRegistry, GCCollector, Info, PlatformCollector, ProcessCollector

from alerts.consume import Consume, Rules
from alerts.deliver import Deliver
from alerts.lane import Channel, Post
from alerts.metrics import AlertMetrics
from alerts.outbox import Outbox
from alerts.render import Renderer
from alerts.schedule import EMAIL, LOCAL, WEBHOOK
from alerts.sinks import Sink
from alerts.sinks.console import ConsoleConfig, ConsoleSink
from alerts.sinks.email import EmailConfig, EmailSink
from alerts.sinks.file import FileConfig, FileSink
from alerts.sinks.kafka import KafkaSink, KafkaSinkConfig
from alerts.sinks.webhook import WebhookConfig, WebhookSink
from alerts.store.archive import Archive
from alerts.store.database import Database as AlertDatabase
from alerts.store.database import open_sqlite
from alerts.store.dead_letters import DeadLetters
from alerts.store.sink_states import SinkStates
from ingest.annotating import load_annotate
from ingest.fetch.fetcher import Fetcher
from ingest.intake import Intake
from ingest.metrics import IngestMetrics
from ingest.polling.poll import Poller
from ingest.polling.schedule import Schedule
from ingest.sources import Source
from ingest.sources.feed import FeedSource, FeedSourceConfig
from ingest.sources.files import FilesSource, FilesSourceConfig
from ingest.sources.kafka import KafkaSource, KafkaSourceConfig
from ingest.store.ingest_store import MIGRATIONS as INGEST_MIGRATIONS
from ingest.store.ingest_store import IngestStore
from ingest.workers.pool import Workers
from stream.config.problem import ConfigError
from stream.db import Database
from stream.metrics import StreamMetrics
from stream.open import open_log
from stream.sqlite_log import SqliteLog
from stream.timing import Clock, utc_now
from wirewatch.configuration import AnySink, AnySource, load_gazetteer
from wirewatch.environment import GAZETTEER
from wirewatch.live import LiveRules, LiveSources
from wirewatch.roles.alerts import AlertsRole
from wirewatch.roles.deliver import DeliverRole
from wirewatch.roles.ingest import IngestRole
from wirewatch.roles.web import WebRole
from wirewatch.settings import LOOPBACK, Settings
from wirewatch.web.app import Push, create_app
from wirewatch.web.push import Door
from wirewatch.web.sight import Sight
from wirewatch.wiring_log import reading

_LOCAL_SENDS = 16  # at once: what is sent together is settled in one transaction


@dataclass(frozen=True, slots=True)
class State:
    """The files under the state directory, opened: shared by the roles, the pages and the command line."""

    ingest_db: Database
    log: SqliteLog
    store: IngestStore
    alerts_db: AlertDatabase
    archive: Archive
    outbox: Outbox
    dead_letters: DeadLetters
    sink_states: SinkStates

    def close(self) -> None:
        """Close the files; what was acknowledged is on disk already."""
        self.alerts_db.close()
        self.ingest_db.close()


@dataclass(frozen=True, slots=True)
class Metrics:
    """One registry, and what each package counts on it."""

    registry: CollectorRegistry
    stream: StreamMetrics
    ingest: IngestMetrics
    alerts: AlertMetrics


def new_metrics() -> Metrics:
    """Make a registry with everything on it, the process included."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    Info("wirewatch_build", "Which version runs.", registry=registry).info({"version": program_version()})
    return Metrics(registry, StreamMetrics(registry), IngestMetrics(registry), AlertMetrics(registry))


def program_version() -> str:
    """The version of the installed distribution."""
    return version("wirewatch")


def open_state(settings: Settings, metrics: Metrics | None = None, clock: Clock = utc_now) -> State:
    """Open or create the state; raises StateError for a file that cannot be trusted."""
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    observe = partial(metrics.stream.observe_commit, "ingest") if metrics else None
    ingest_db = Database(
        settings.state_dir / "ingest.db", [*SqliteLog.MIGRATIONS, *INGEST_MIGRATIONS], observe_commit=observe
    )
    log = open_log(settings.stream, ingest_db, clock=clock, metrics=metrics.stream if metrics else None)
    alerts_db = open_sqlite(settings.state_dir / "alerts.db")
    return State(
        ingest_db=ingest_db,
        log=log,
        store=IngestStore(ingest_db, log, clock),
        alerts_db=alerts_db,
        archive=Archive(alerts_db),
        outbox=Outbox(alerts_db),
        dead_letters=DeadLetters(alerts_db),
        sink_states=SinkStates(alerts_db),
    )


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
            case KafkaSourceConfig():
                return KafkaSource(config)

    return build


def ingest_role(
    settings: Settings, state: State, sources: LiveSources, metrics: Metrics, clock: Clock = utc_now
) -> IngestRole:
    """Build the ingest role."""
    fetcher, workers = new_fetcher(settings, metrics), new_workers(settings, metrics)
    intake = Intake(state.store, workers, settings.ingest.intake, metrics.ingest, clock)
    poller = Poller(intake, state.store, settings.ingest.polling, clock, random.Random())  # noqa: S311 - jitter
    schedule = Schedule(poller, settings.ingest.polling, metrics.ingest, clock)
    build = source_builder(fetcher, workers, state.store)
    return IngestRole(
        schedule, intake, fetcher, workers, state.store, lambda: [build(source) for source in sources.enabled]
    )


def alerts_role(
    settings: Settings, state: State, rules: LiveRules, metrics: Metrics, clock: Clock = utc_now
) -> tuple[AlertsRole, Consume]:
    """Build the alerts role, with the loop it runs so that deliverers can listen to it."""
    consumer, ledger = reading(settings.stream, state.log, state.alerts_db, metrics.stream, clock)
    consume = Consume(consumer, ledger, Rules(rules, rules), metrics.alerts, clock, settings.alerts.consume)
    return AlertsRole(consume, consumer), consume


def deliver_role(
    settings: Settings, state: State, rules: LiveRules, metrics: Metrics, clock: Clock = utc_now
) -> DeliverRole:
    """Build the deliver role; it asks for the sinks in force whenever it starts."""
    rng = random.Random()  # noqa: S311 - jitter
    post = Post(state.outbox, state.sink_states, metrics.alerts, clock, rng)

    def channels() -> list[Channel]:
        return [
            new_channel(name, config, settings, clock) for name, config in rules.state.value.sinks.items()
        ]

    def deliver(channels: Sequence[Channel]) -> Deliver:
        return Deliver(channels, post, settings.alerts.deliver)

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


def new_console(name: str) -> Sink:
    """Make the sink on standard output: blocks on a terminal, in colour unless NO_COLOR says no."""
    is_terminal = sys.stdout.isatty()
    return ConsoleSink(
        name, sys.stdout, block=is_terminal, color=is_terminal and "NO_COLOR" not in os.environ
    )


def web_role(settings: Settings, sight: Sight, door: Door | None, *, has_pages: bool) -> WebRole:
    """Build the HTTP server; `door` is where pushed articles go in, in a process that ingests."""
    web = settings.web
    token = web.token.get_secret_value() if web.token else None
    push = Push(door, settings.ingest.push, token) if door else None
    # On loopback a page of another site could reach us under a name of its own (DNS rebinding).
    hosts = (*LOOPBACK, *web.hosts) if web.host in LOOPBACK or web.hosts else ()
    app = create_app(sight, push, version=program_version(), hosts=hosts, has_pages=has_pages)
    return WebRole(app, web.host, web.port)
