"""Sight: what pages and the API may look at. They read; the one door that writes is push."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry

from alerts.outbox import Outbox
from alerts.store.archive import Archive
from alerts.store.dead_letters import DeadLetters
from alerts.store.sink_states import SinkStates
from ingest.store.ingest_store import IngestStore
from stream.metrics import Lags
from stream.sqlite_log import SqliteLog
from stream.timing import Clock
from wirewatch.live import LiveRules, LiveSources
from wirewatch.readiness import Readiness


@dataclass(frozen=True, slots=True)
class Sight:
    """Readers of the state and of the configuration in force; all safe from any thread."""

    archive: Archive
    outbox: Outbox
    dead_letters: DeadLetters
    sink_states: SinkStates
    store: IngestStore
    log: SqliteLog
    rules: LiveRules
    sources: LiveSources
    readiness: Readiness
    registry: CollectorRegistry
    clock: Clock
    readers: Mapping[str, Lags] = field(default_factory=dict)
    """How far the groups are behind that read another log than `log`."""
