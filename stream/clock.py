"""The clock of a process: the time of day, carried on by a clock that nobody can set.

Between two looks it moves with the seconds since boot, so no code sees the time of day jump. A look compares
it with the time of day: small differences (NTP slewing) are taken at once, a step only when it has stayed
for `HOLD_S`. So a clock that is wrong for some seconds is never seen by anything that decides a loss.

One thread of the process looks (`wirewatch/timekeeper.py`); decision 0055 has the reasons.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from stream.timing import Clock, utc_now

logger = logging.getLogger(__name__)

HOLD_S = 60.0
"""How long a step must stay before it is followed."""

SETTLED_S = 3_600.0
"""How long a clock must have gone without a step, or a start, before anything is removed for its age."""

_SLACK = timedelta(seconds=2)


def since_boot_s() -> float:
    """Seconds that no operator can set; those of a suspended machine count too, where that is known."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class SteadyClock:
    """A Clock; `look` every few seconds. Safe from any thread."""

    def __init__(self, wall: Clock = utc_now, elapsed_s: Callable[[], float] = since_boot_s) -> None:
        self._wall = wall
        self._elapsed_s = elapsed_s
        self._deciding = threading.Lock()
        self._zero = self._ask()
        self._calm_since_s = elapsed_s()
        self._step: tuple[datetime, float] | None = None  # a zero that is not followed yet, seen since
        self._steps = 0

    def __call__(self) -> datetime:
        """The time of day as it is believed, aware, in UTC."""
        return self._zero + timedelta(seconds=self._elapsed_s())

    @property
    def steps(self) -> int:
        """How many steps were followed: instants kept from before the last one are of another clock."""
        return self._steps

    def calm_s(self) -> float:
        """Seconds since the start, or since the last look that found a step, followed or not."""
        return self._elapsed_s() - self._calm_since_s

    def look(self) -> None:
        """Compare with the time of day, and follow a step that has stayed."""
        self._take(self._ask())

    def _ask(self) -> datetime:
        return self._wall() - timedelta(seconds=self._elapsed_s())

    def _take(self, zero: datetime) -> None:
        """Decide on a measured time of day at boot."""
        with self._deciding:
            if abs(zero - self._zero) <= _SLACK:
                self._keep(zero)
            else:
                self._doubt(zero)

    def _keep(self, zero: datetime) -> None:
        if self._step is not None:
            logger.warning("the clock is right again; its step was not followed")
        self._step, self._zero = None, zero

    def _doubt(self, zero: datetime) -> None:
        now_s = self._elapsed_s()
        self._calm_since_s = now_s
        extra = {"seconds": round((zero - self._zero).total_seconds())}
        if self._step is None or abs(zero - self._step[0]) > _SLACK:
            self._step = zero, now_s
            logger.warning("the clock was stepped; followed if it stays so for a minute", extra=extra)
        elif now_s - self._step[1] >= HOLD_S:
            self._steps += 1  # first, so that who reads the time and then this, knows which time it was
            self._step, self._zero = None, zero
            logger.warning("the clock was stepped, now followed", extra=extra)


def steps_of(clock: Clock) -> int:
    """How many steps a clock has followed; 0 for one that does not know."""
    return clock.steps if isinstance(clock, SteadyClock) else 0


def is_settled(clock: Clock) -> bool:
    """Whether a clock may be believed when something is removed for its age; one that cannot say may."""
    return not isinstance(clock, SteadyClock) or clock.calm_s() >= SETTLED_S
