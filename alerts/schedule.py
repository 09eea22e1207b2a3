"""When to try again, and when to stop: pure, so that 76 hours can be tested in a second.

No clock alone decides a loss (decision 0056). A delivery is given up when it has waited as long as its
schedule takes and all attempts of the schedule were made; a sink is dead when it was seen failing for as
long, counted in seconds that nobody can set, while we ran.
"""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from alerts.sinks import RETRY_AFTER_LIMIT_S, Delivered, Outcome, Refused, RetryLater, SinkGone
from stream.timing import Backoff

HOUR_S = 3600.0

# Standard Webhooks 1.0, "Deliverability and reliability": at once, then 5 s, 5 min, 30 min, 2 h, 5 h, 10 h,
# 14 h, 20 h, 24 h: ten attempts over 75 h 35 min.
WEBHOOK = Backoff((5.0, 300.0, 0.5 * HOUR_S, *(hours * HOUR_S for hours in (2, 5, 10, 14, 20, 24))))


def _postfix_delays(first_s: float, longest_s: float, lifetime_s: float) -> tuple[float, ...]:
    delays: list[float] = []
    delay_s = first_s
    while sum(delays) + delay_s <= lifetime_s:
        delays.append(delay_s)
        delay_s = min(delay_s * 2, longest_s)
    return tuple(delays)


# Postfix's minimal_backoff_time 300 s, maximal_backoff_time 4,000 s, maximal_queue_lifetime 5 d: a greylist
# lets us in after minutes, and a mail server is seldom down for longer than that.
EMAIL = Backoff(_postfix_delays(300.0, 4000.0, 5 * 24 * HOUR_S))

# Standard output and files fail when a disk is full or a pipe has gone: soon again, and for days.
LOCAL = Backoff((1.0, 5.0, 30.0, *_postfix_delays(60.0, 900.0, 3 * 24 * HOUR_S)))


PAUSE_AFTER_FAILURES = 5
_SLACK_S = 1.0  # instants are stored in microseconds
_PAUSES = Backoff((15.0, 30.0, 60.0, 120.0, 300.0))


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of a delivery after an attempt; `next_attempt_at` only while it is pending."""

    state: Literal["delivered", "pending", "dead"]
    reason: str
    detail: str
    next_attempt_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SinkState:
    """How a sink has fared lately: what a restart must remember so as not to hammer it.

    `failing_s` are the seconds that we saw it fail for since `failing_since`: those of a process that ran, by
    a clock that cannot be set. `pause_s` is how long the pause that ends at `paused_until` was to be.
    """

    failures: int = 0
    failing_since: datetime | None = None
    paused_until: datetime | None = None
    failing_s: float = 0.0
    pause_s: float = 0.0
    disabled_at: datetime | None = None
    disabled_detail: str = ""

    def room(self, now: datetime, wanted: int) -> int:
        """How many may be sent now: none while paused or disabled, one to probe after failures."""
        if self.disabled_at is not None or (self.paused_until is not None and now < self.paused_until):
            return 0
        return min(wanted, 1) if self.failures >= PAUSE_AFTER_FAILURES else wanted


def settle(
    outcome: Outcome, attempt: int, queued_at: datetime, now: datetime, backoff: Backoff, rng: random.Random
) -> Settlement:
    """What an outcome of attempt number `attempt` (from 1) means for the delivery.

    Past the schedule it is given up, but not before it has waited as long as the schedule takes: crashes use
    up attempts too. Until then the last delay is repeated.
    """
    match outcome:
        case Delivered(detail):
            return Settlement("delivered", "delivered", detail)
        case Refused(reason, detail):
            return Settlement("dead", reason, detail)
        case SinkGone(detail):  # it waits like what comes after it, until somebody enables the sink
            return Settlement("pending", "sink_gone", detail, now)
        case RetryLater(after_s, reason, detail):
            delay_s = backoff.delay_s(min(attempt, len(backoff.delays_s)), rng) or 0.0
            waited_s = (now - queued_at).total_seconds()
            if attempt > len(backoff.delays_s) and waited_s >= backoff.lifetime_s - _SLACK_S:
                return Settlement("dead", reason, f"gave up after {attempt} attempts: {detail}")
            asked_s = min(after_s or 0.0, RETRY_AFTER_LIMIT_S)
            return Settlement("pending", reason, detail, now + timedelta(seconds=max(delay_s, asked_s)))


def after(
    state: SinkState, outcome: Outcome, now: datetime, rng: random.Random, seen_s: float = 0.0
) -> SinkState:
    """How the sink stands after an outcome, `seen_s` seconds after its last failure that this process saw.

    A remote that asks for time (Retry-After) gets it at once; one that fails PAUSE_AFTER_FAILURES
    times in a row is left alone for a while and then probed with one delivery at a time. An answer
    about one alert (`Refused`) says the sink itself is well. A sink that is gone stays so, whatever its sends
    under way still bring: only an operator enables it.
    """
    if state.disabled_at is not None:
        return state
    match outcome:
        case Delivered() | Refused():
            return SinkState()
        case SinkGone(detail):
            return replace(state, disabled_at=now, disabled_detail=detail)
        case RetryLater(after_s, _, _):
            failures = state.failures + 1
            pause_s = max(_pause_s(failures, rng), min(after_s or 0.0, RETRY_AFTER_LIMIT_S))
            until = now + timedelta(seconds=pause_s) if pause_s else None
            failing_s = state.failing_s + seen_s if state.failures else 0.0
            return SinkState(failures, state.failing_since or now, until, failing_s, pause_s)


def plausible(state: SinkState, now: datetime) -> SinkState:
    """What can be true of a state stored by a clock that was ahead: no pause is longer than it was to be."""
    until, since = state.paused_until, state.failing_since
    if until is not None:
        until = min(until, now + timedelta(seconds=state.pause_s))
    return replace(state, paused_until=until, failing_since=since and min(since, now))


def is_dead(state: SinkState, now: datetime, backoff: Backoff) -> bool:
    """Whether a sink has failed for as long as any delivery to it is tried: by the clock, and as seen."""
    if state.failing_since is None or state.disabled_at is not None:  # what comes for one that is gone waits
        return False
    return min((now - state.failing_since).total_seconds(), state.failing_s) > backoff.lifetime_s


def buried(state: SinkState, now: datetime) -> SinkState:
    """What waited when the sink began to fail was given up: what came since gets as long, from now."""
    return replace(state, failing_since=now, failing_s=0.0)


def _pause_s(failures: int, rng: random.Random) -> float:
    step = min(failures - PAUSE_AFTER_FAILURES + 1, len(_PAUSES.delays_s))
    return (_PAUSES.delay_s(step, rng) or 0.0) if step >= 1 else 0.0
