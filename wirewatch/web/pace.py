"""Pace: how fast the flow runs, from what the counters said when somebody last looked."""

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
_APART = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Counts:
    """What has passed each stage since the state was created."""

    items: int
    events: int
    read: int
    alerts: int


@dataclass(frozen=True, slots=True)
class Rates:
    """How many a minute passed each stage, as a mean over the last `over`."""

    items: float
    events: float
    read: float
    alerts: float
    over: timedelta


class Pace:
    """Remembers the counts of the last 15 minutes, at most one every five seconds; safe from any thread.

    Where nobody looked for longer, the mean goes back to the last look: it is never made up.
    """

    def __init__(self) -> None:
        self._seen: deque[tuple[datetime, Counts]] = deque()
        self._lock = threading.Lock()

    def note(self, at: datetime, counts: Counts) -> Rates | None:
        """Remember the counts, and say how fast they grew; None when there is nothing to compare with."""
        with self._lock:
            self._forget(at)
            rates = _rates(*self._seen[0], at, counts) if self._seen else None
            if not self._seen or at - self._seen[-1][0] >= _APART:
                self._seen.append((at, counts))
            return rates

    def _forget(self, at: datetime) -> None:
        if self._seen and at < self._seen[-1][0]:  # the clock was set back
            self._seen.clear()
        while len(self._seen) > 1 and self._seen[1][0] <= at - WINDOW:
            self._seen.popleft()


def _rates(then: datetime, before: Counts, at: datetime, now: Counts) -> Rates | None:
    over = at - then
    if over < _APART:
        return None
    minutes = over.total_seconds() / 60

    def per_minute(old: int, new: int) -> float:
        return max(0, new - old) / minutes

    return Rates(
        items=per_minute(before.items, now.items),
        events=per_minute(before.events, now.events),
        read=per_minute(before.read, now.read),
        alerts=per_minute(before.alerts, now.alerts),
        over=over,
    )
