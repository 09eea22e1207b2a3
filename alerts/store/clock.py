"""One clock for all who share a database: that of the database.

Leases and due times are compared between machines whose own clocks differ. What this one says differs from
the database's clock by less than half of the question's round trip, and it never waits: it is asked on
event loops. (`now()` in each statement would be as right, but what is decided in memory, the next attempt
above all, would need that answer too, and no test could step 76 hours.)
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from alerts.store.database import Database
from stream.clock import SteadyClock, since_boot_s

logger = logging.getLogger(__name__)

MEASURE_EVERY = timedelta(seconds=10)
_SLOW_S = 1.0
_NOW = sa.text("SELECT clock_timestamp()")


class DatabaseClock(SteadyClock):
    """A Clock; call `look` every MEASURE_EVERY. A step of the server's clock is followed when it stays."""

    def __init__(self, database: Database, elapsed_s: Callable[[], float] = since_boot_s) -> None:
        """Ask for the first time; raises StateError when the database cannot be reached."""
        self._database = database
        super().__init__(elapsed_s=elapsed_s)

    def look(self) -> None:
        """Ask again. A slow answer is uncertain and not taken: what was known drifts less than that."""
        zero, took_s = self._measure()
        if took_s > _SLOW_S:
            logger.warning("slow answer, clock not set by it", extra={"seconds": round(took_s, 1)})
            return
        self._take(zero)

    def _ask(self) -> datetime:
        return self._measure()[0]

    def _measure(self) -> tuple[datetime, float]:
        with self._database.read() as connection:
            before_s = self._elapsed_s()
            at: datetime = connection.execute(_NOW).scalar_one()
            after_s = self._elapsed_s()
        return at - timedelta(seconds=(before_s + after_s) / 2), after_s - before_s
