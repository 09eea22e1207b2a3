"""Wiring: what the roles, the pages or a command need of the state, opened."""

from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from ingest.store.ingest_store import MIGRATIONS as INGEST_MIGRATIONS
from ingest.store.ingest_store import IngestStore
from stream.db import Database
from stream.errors import StreamError
from stream.open import open_log
from stream.private import make_private_folder
from stream.sqlite_log import SqliteLog
from stream.timing import Clock, utc_now
from wirewatch.needs import EVERYTHING, LOCAL_LOG, Needs
from wirewatch.settings import Settings
from wirewatch.wiring.database import AlertState, open_alerts
from wirewatch.wiring.metrics import Metrics

T = TypeVar("T")


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


def open_state(
    settings: Settings, metrics: Metrics | None = None, clock: Clock = utc_now, needs: Needs = EVERYTHING
) -> State:
    """Open or create what is needed; raises StateError for what cannot be trusted, reached or written."""
    if needs.log or not settings.shared.alerts:
        make_private_folder(settings.state_dir)
    ingest = open_ingest(settings, metrics, clock, follow=not needs.writes_log) if needs.log else None
    try:
        return State(ingest, open_alerts(settings, clock) if needs.alerts else None)
    except BaseException:
        if ingest is not None:
            ingest.database.close()
        raise


def open_ingest(
    settings: Settings, metrics: Metrics | None = None, clock: Clock = utc_now, *, follow: bool = False
) -> IngestState:
    """Open or create the file of ingest; raises StateError for one that cannot be trusted.

    `follow`: when another file takes its place, that is opened. Not for who writes events: what it keeps in
    memory is of the old one.
    """
    observe = partial(metrics.stream.observe_commit, "ingest") if metrics else None
    migrations = [*SqliteLog.MIGRATIONS, *INGEST_MIGRATIONS]
    path = settings.state_dir / LOCAL_LOG
    database = Database(path, migrations, observe_commit=observe)
    if follow:
        database.follow()
    log = open_log(settings.stream, database, clock=clock, metrics=metrics.stream if metrics else None)
    if metrics is None:
        return IngestState(database, log, IngestStore(database, log, clock))
    return IngestState(database, log, IngestStore(database, log, clock, metrics.stream.observe_append))
