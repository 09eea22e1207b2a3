"""Sight: what pages and the API may look at. They read; the one door that writes is push."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from prometheus_client import CollectorRegistry

from alerts.outbox import Outbox
from alerts.store.archive import Archive
from alerts.store.dead_letters import DeadLetters
from alerts.store.sink_states import SinkStates
from ingest.progress import Progress
from ingest.store.ledger import Ledger, RejectedItem
from stream.metrics import Lags, MeasuredLog
from stream.timing import Clock
from wirewatch.live import LiveRules, LiveSources
from wirewatch.readiness import Readiness


class IngestReader(Protocol):
    """What pages ask about sources."""

    def ledgers(self) -> dict[str, Ledger]:
        """How all items ended, by source."""
        ...

    def rejected(self, limit: int = 100, source: str | None = None) -> list[RejectedItem]:
        """The last rejected items, the newest first."""
        ...


@dataclass(frozen=True, slots=True)
class Vitals:
    """What every process shows: whether it works, and how much."""

    readiness: Readiness
    registry: CollectorRegistry
    clock: Clock


@dataclass(frozen=True, slots=True)
class Sight(Vitals):
    """Readers of the state and of the configuration in force; all safe from any thread."""

    archive: Archive
    outbox: Outbox
    dead_letters: DeadLetters
    sink_states: SinkStates
    store: IngestReader
    progress: Callable[[], dict[str, Progress]]
    log: MeasuredLog
    rules: LiveRules
    sources: LiveSources
    readers: Mapping[str, Lags] = field(default_factory=dict)
    """How far the groups are behind that read another log than `log`."""
    lost_for_s: Callable[[], float | None] = lambda: None
    """For how long the network of our own polls has been lost; None: it is there, or we do not poll."""
