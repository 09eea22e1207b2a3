"""One clock for all who share a database: that of the database.

Leases and due times are compared between machines whose own clocks differ. What this one says differs from
the database's clock by less than half of the question's round trip, and it never waits: it is asked on
event loops. (`now()` in each statement would be as right, but what is decided in memory, the next attempt
above all, would need that answer too, and no test could step 76 hours.)
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from alerts.store.database import Database

logger = logging.getLogger(__name__)

MEASURE_EVERY = timedelta(seconds=10)
_SLOW_S = 1.0
_NOW = sa.text("SELECT clock_timestamp()")


def since_boot_s() -> float:
    """Seconds that no operator can set; those of a suspended machine count too, where that is known."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class DatabaseClock:
    """A Clock; call `measure` every MEASURE_EVERY. Safe from any thread."""

    def __init__(self, database: Database, elapsed_s: Callable[[], float] = since_boot_s) -> None:
        """Ask for the first time; raises StateError when the database cannot be reached."""
        self._database = database
        self._elapsed_s = elapsed_s
        self._guard = threading.Lock()
        self._zero = self._ask()[0]

    def __call__(self) -> datetime:
        """The database's time, aware, in UTC."""
        return self._zero + timedelta(seconds=self._elapsed_s())

    def measure(self) -> None:
        """Ask again. A slow answer is uncertain and not taken: what was known drifts less than that."""
        with self._guard:
            zero, took_s = self._ask()
            if took_s > _SLOW_S:
                logger.warning("slow answer, clock not set by it", extra={"seconds": round(took_s, 1)})
                return
            self._zero = zero

    def _ask(self) -> tuple[datetime, float]:
        with self._database.read() as connection:
            before_s = self._elapsed_s()
            at: datetime = connection.execute(_NOW).scalar_one()
            after_s = self._elapsed_s()
        return at - timedelta(seconds=(before_s + after_s) / 2), after_s - before_s
