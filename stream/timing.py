"""Time as an argument: clocks that tests can step, and delays that grow."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def rfc3339(at: datetime) -> str:
    """Write an aware instant as RFC 3339 in UTC with milliseconds: `2026-11-24T09:30:00.000Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Backoff:
    """Delays in seconds by attempt, the last repeated by none: past the table there is no next try.

    `jitter` is the fraction by which a delay may be stretched, so that many that failed together
    do not come back together.
    """

    delays_s: tuple[float, ...]
    jitter: float = 0.1

    @property
    def lifetime_s(self) -> float:
        """Seconds from the first attempt to the last, at the least."""
        return sum(self.delays_s)

    def longest_s(self, attempt: int) -> float:
        """The longest that may be waited after failed attempt number `attempt`; 0 before the first."""
        if attempt < 1 or not self.delays_s:
            return 0.0
        return self.delays_s[min(attempt, len(self.delays_s)) - 1] * (1 + self.jitter)

    def delay_s(self, attempt: int, rng: random.Random) -> float | None:
        """Seconds to wait after failed attempt number `attempt` (from 1); None: give up."""
        if attempt > len(self.delays_s):
            return None
        return self.delays_s[attempt - 1] * (1 + self.jitter * rng.random())
