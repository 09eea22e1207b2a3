"""Wiring of the ingest role: fetcher, workers, sources, and what it shares with other ingesters."""

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ingest.annotating import load_annotate
from ingest.fetch.fetcher import Fetcher
from ingest.intake import Intake
from ingest.polling.poll import Poller
from ingest.polling.schedule import Schedule
from ingest.sources import Source
from ingest.sources.canary import CanarySource, CanarySourceConfig
from ingest.sources.feed import FeedSource, FeedSourceConfig
from ingest.sources.files import FilesSource, FilesSourceConfig
from ingest.sources.kafka import KafkaSource, KafkaSourceConfig
from ingest.store.ingest_store import IngestStore
from ingest.workers.pool import Workers
from stream.config.problem import ConfigError
from stream.forward import GROUP as FORWARD
from stream.timing import Clock, utc_now
from wirewatch.configuration import AnySource, load_gazetteer
from wirewatch.environment import GAZETTEER
from wirewatch.live import LiveSources
from wirewatch.roles.ingest import IngestRole
from wirewatch.settings import Settings
from wirewatch.wiring.log import GROUP
from wirewatch.wiring.metrics import Metrics, program_version
from wirewatch.wiring.sharing import Together, open_sharing
from wirewatch.wiring.state import State


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
