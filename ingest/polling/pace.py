"""When to look at a source again. Pure: numbers in, seconds or an instant out.

The rules are those of the best behaved crawlers: growing delays after errors (feedbin:
app/models/crawl_data.rb), an interval that follows how often a source changes (commoncrawl/news-crawl:
conf/crawler-conf.yaml), and a Retry-After that is believed, within reason.
"""

import hashlib
from datetime import datetime

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Setting

DAY_S = 86_400.0
LOCAL_BACKOFF_S = 60.0  # a folder costs nobody anything: look again within a minute
RETRY_AFTER_MAX_S = 8 * 3_600.0
STRETCH_MAX = 4.0
NETWORK_REASONS = frozenset({"dns", "connect", "timeout"})  # failures in which no server was reached


class PollingConfig(BaseModel):
    """How hard the world is polled, all sources together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    polls_at_once: int = Setting(default=16, ge=1, le=256)
    polls_per_host: int = Setting(default=2, ge=1, le=16)
    first_polls_spread_s: float = Setting(default=60.0, ge=0.0, le=3_600.0)
    poll_deadline_s: float = Setting(default=120.0, ge=1.0, le=3_600.0)
    first_backoff_s: float = Setting(default=60.0, ge=1.0, le=DAY_S)
    longest_backoff_s: float = Setting(default=3_600.0, ge=1.0, le=7 * DAY_S)
    dead_after_s: float = Setting(default=3 * DAY_S, ge=1.0, le=90 * DAY_S)
    dead_backoff_s: float = Setting(default=6 * 3_600.0, ge=1.0, le=7 * DAY_S)


def backoff_s(failures: int, first_s: float, longest_s: float) -> float:
    """Seconds to wait after the n-th failure in a row (n from 1): first_s times n^4, capped.

    From 60 s and up to an hour: 1 min, 16 min, then an hour.
    """
    return min(longest_s, first_s * min(failures, 100) ** 4)


def server_backoff_s(failures: int, config: PollingConfig) -> float:
    """Seconds to wait after the n-th failure in a row of a server: longer once it counts as dead.

    It does when the pauses of all those failures come to `dead_after_s`. Counted and not read off a clock:
    while this process did not run, or could reach nobody, the server has failed no poll.
    """
    longest_s = config.longest_backoff_s
    growing = [backoff_s(n, config.first_backoff_s, longest_s) for n in range(1, min(failures, 100))]
    waited_s = sum(growing) + longest_s * max(0, failures - 100)
    if waited_s >= config.dead_after_s:
        return max(longest_s, config.dead_backoff_s)
    return backoff_s(failures, config.first_backoff_s, longest_s)


def after_failure_s(failures: int, retry_after_s: float | None, backoff: float) -> float:
    """The later of our own delay and what the server asked for; the latter counts up to 8 hours.

    With more than one failure in a row a server's short Retry-After does not shorten our delay.
    """
    asked_s = min(retry_after_s or 0.0, RETRY_AFTER_MAX_S)
    if failures == 1 and asked_s > 0:
        return asked_s
    return max(backoff, asked_s)


def adapted_interval_s(current_s: float | None, base_s: float, *, has_changed: bool) -> float:
    """The next interval of a source: shorter after news, longer after none, from base_s to 4 base_s."""
    factor = 0.8 if has_changed else 1.5
    return min(STRETCH_MAX * base_s, max(base_s, (current_s or base_s) * factor))


def after_answer_s(interval_s: float, asked_s: float | None) -> float:
    """Seconds to the next poll; what the server asked for may lengthen it, up to a day (or the interval)."""
    return max(interval_s, min(asked_s or 0.0, DAY_S))


def spread_s(source: str, within_s: float) -> float:
    """A delay in [0, within_s) that is always the same for a source: many sources, evenly spread."""
    digest = hashlib.blake2b(source.encode(), digest_size=8).digest()
    return within_s * int.from_bytes(digest) / 2**64


def first_pause_s(
    now: datetime, due_at: datetime | None, planned_at: datetime | None, delay_s: float, longest_s: float
) -> float:
    """Seconds to the first poll after a start: as planned before, or `delay_s`.

    The plan was made by a clock that may have been wrong: at `planned_at`, so that it cannot be further off
    than it was then; and never further than any plan can be, or it does not count.
    """
    if due_at is None:
        return delay_s
    left_s = (due_at - now).total_seconds()
    if planned_at is not None:
        left_s = min(left_s, (due_at - planned_at).total_seconds())
    return left_s if 0 < left_s <= 1.1 * max(DAY_S, longest_s) else delay_s


def restart_pause_s(failures: int, reason: str, planned_s: float, delay_s: float, longest_s: float) -> float:
    """Seconds to the first poll after a start of a source that was failing: a back-off does not outlive it.

    Who could not be reached is tried at once, since the start may be what mended our network. Other failures
    are waited out, but no longer than new ones are (older versions waited for a day), unless the host asked.
    """
    if not failures:
        return planned_s
    if reason in NETWORK_REASONS:
        return min(planned_s, delay_s)
    return planned_s if reason in {"throttled", "held"} else min(planned_s, 1.1 * longest_s)
