"""Wiring: the database of alerts, wherever the settings put it."""

import logging
from dataclasses import dataclass
from pathlib import Path

from alerts.outbox import Outbox
from alerts.store.archive import Archive
from alerts.store.clock import DatabaseClock
from alerts.store.database import Database, attach_sqlite, open_sqlite
from alerts.store.dead_letters import DeadLetters
from alerts.store.retention import Retention
from alerts.store.sink_states import SinkStates
from stream.errors import UnavailableError
from stream.timing import Clock
from wirewatch.needs import LOCAL_ALERTS
from wirewatch.settings import Settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AlertState:
    """The database of alerts with its readers and writers, and the clock that all who share it go by."""

    database: Database
    archive: Archive
    outbox: Outbox
    dead_letters: DeadLetters
    sink_states: SinkStates
    retention: Retention
    clock: Clock

    def keep_time(self) -> None:
        """Set the clock by the database's; nothing to do where our own counts."""
        if not isinstance(self.clock, DatabaseClock):
            return
        try:
            self.clock.look()
        except UnavailableError as error:  # what was known holds for as long as it takes
            logger.warning("database away", extra={"reason": str(error)})


def open_alerts(settings: Settings, clock: Clock) -> AlertState:
    """Open or create the database for a service; raises StateError when it cannot be used."""
    if (server := settings.database.server) is None:
        return _state(open_sqlite(_path(settings)), clock)
    from alerts.store.postgres import open_postgres

    return _state(open_postgres(server), clock)


def attach_alerts(settings: Settings, clock: Clock) -> AlertState:
    """Open it for a command: nothing is created or migrated, whether a service runs or not."""
    if (server := settings.database.server) is None:
        return _state(attach_sqlite(_path(settings)), clock)
    from alerts.store.postgres import attach_postgres

    return _state(attach_postgres(server), clock)


def _path(settings: Settings) -> Path:
    return settings.state_dir / LOCAL_ALERTS


def _state(database: Database, clock: Clock) -> AlertState:
    return AlertState(
        database=database,
        archive=Archive(database),
        outbox=Outbox(database),
        dead_letters=DeadLetters(database),
        sink_states=SinkStates(database),
        retention=Retention(database),
        clock=DatabaseClock(database) if database.is_shared else clock,
    )
