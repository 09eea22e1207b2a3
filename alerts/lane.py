"""One sink's lane: claim, send, settle, and stand back from a sink that fails.

A lane has its own claims, its own concurrency and its own pauses, so that a slow or dead sink delays
nobody else. What finished together is settled in one transaction.
"""

import asyncio
import logging
import random
import time
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.metrics import AlertMetrics
from alerts.outbox import Claim, Outbox
from alerts.schedule import Settlement, SinkState, after, buried, is_dead, plausible, settle
from alerts.sinks import Outcome, RetryLater, Sink
from alerts.store.sink_states import SinkStates
from stream import failpoint
from stream.clock import steps_of
from stream.failpoint import Failpoint
from stream.timing import Backoff, Clock

logger = logging.getLogger(__name__)

SEND_TIMEOUT_S = 50.0
"""Shorter than a lease, longer than any sink's own limit: the net under them."""

LOOK_EVERY_S = 5.0
"""How often a lane looks for work that nobody woke it for: another process may have stored some."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A sink with how it is used: schedule of retries, and how many sends at once."""

    sink: Sink
    backoff: Backoff
    concurrency: int = 1


@dataclass(frozen=True, slots=True)
class Post:
    """What every lane needs of the house. `elapsed_s` counts the seconds in which this process ran."""

    outbox: Outbox
    states: SinkStates
    metrics: AlertMetrics
    clock: Clock
    rng: random.Random
    elapsed_s: Callable[[], float] = time.monotonic


class Lane:
    """Runs in the deliverer's event loop; database calls leave it for a thread."""

    def __init__(self, channel: Channel, post: Post, stopping: asyncio.Event) -> None:
        self._channel = channel
        self._name = channel.sink.name
        self._post = post
        self._stopping = stopping
        self._wakened = asyncio.Event()
        self._sending: dict[asyncio.Task[Outcome], Claim] = {}
        self._state = SinkState()
        self._idle_s = 0.0
        self._looked_s: float | None = None
        self._steps = steps_of(post.clock)
        post.metrics.lane_begins(self._name)

    def wake(self) -> None:
        """Look for work now."""
        self._wakened.set()

    async def run(self, *, is_only_deliverer: bool, grace_s: float) -> None:
        """Deliver until told to stop; then finish what is being sent, for at most `grace_s`."""
        await self._persist(lambda: self._begin(is_only_deliverer=is_only_deliverer))
        while not self._stopping.is_set():
            self._wakened.clear()
            await self._persist(self._round)
            await self._rest()
        try:
            await self._finish(grace_s)
            await self._channel.sink.close()
        except Exception:  # leases that could not be given back run out by themselves
            logger.exception("lane not closed cleanly", extra={"sink": self._name})

    async def _persist(self, step: Callable[[], Awaitable[None]]) -> None:
        """Repeat a step until it succeeds or we stop: a database that fails now must not end the lane."""
        pause_s = 0.5
        while not self._stopping.is_set():
            try:
                return await step()
            except Exception:
                logger.exception("delivery round failed, will be repeated", extra={"sink": self._name})
                self._post.metrics.failed(self._name)
                await _wait(self._stopping, pause_s)
                pause_s = min(pause_s * 2, 30.0)
        return None

    async def _begin(self, *, is_only_deliverer: bool) -> None:
        await self._rejudge(is_stepped=False)
        await self._expire(self._post.clock(), all_leases=is_only_deliverer)

    async def _rejudge(self, *, is_stepped: bool) -> None:
        """Make plausible what a clock that was ahead has stored of the sink and its deliveries."""
        steps, now = steps_of(self._post.clock), self._post.clock()
        longest_s = self._channel.backoff.longest_s
        await asyncio.to_thread(self._post.outbox.rejudge, self._name, now, longest_s, is_stepped=is_stepped)
        stored = await asyncio.to_thread(self._post.states.load, self._name)
        if (state := plausible(stored, now)) != stored:
            await asyncio.to_thread(self._post.states.save, self._name, state)
        await self._reload()
        self._steps = steps

    async def _reload(self) -> None:
        """Read how the sink stands: an operator may have enabled it in another process."""
        self._state = await asyncio.to_thread(self._post.states.load, self._name)
        self._show()

    async def _expire(self, now: datetime, *, all_leases: bool = False) -> None:
        expired = await asyncio.to_thread(self._post.outbox.expire, self._name, now, all_leases=all_leases)
        if expired:
            logger.warning("leases ran out, sending again", extra={"sink": self._name, "count": expired})
            self._post.metrics.uncertain(self._name, expired)

    async def _round(self) -> None:
        """Settle what is finished, then lend as much as there is room for.

        1. claim: committed with a lease; a crash lets it run out, and the delivery is due again.
        2. send: a crash after it sends again under the same key, which is the one repeat we cannot rule out.
        3. settle: committed; a crash after it costs nothing.
        """
        if self._is_stepped():
            await self._rejudge(is_stepped=True)
        await self._settle([task for task in self._sending if task.done()])
        if self._state.failures or self._state.disabled_at:
            await self._reload()
        self._idle_s = LOOK_EVERY_S
        room = self._state.room(self._post.clock(), self._channel.concurrency) - len(self._sending)
        if room > 0:
            await self._lend(room)

    def _is_stepped(self) -> bool:
        return self._steps != steps_of(self._post.clock)

    async def _lend(self, room: int) -> None:
        now = self._post.clock()
        if self._is_stepped():  # just now: the leases under way are of the time before
            self._idle_s = 0.0
            return
        due = await asyncio.to_thread(self._post.outbox.next_due, self._name)
        if due is not None and due <= now:
            await self._expire(now)
            for claim in await asyncio.to_thread(self._post.outbox.claim, self._name, room, now):
                failpoint.reach(Failpoint.DELIVER_CLAIMED)
                self._sending[asyncio.create_task(self._send(claim))] = claim
            # A floor, should another process hold what is due.
            self._idle_s = LOOK_EVERY_S if self._sending else 0.05
        elif due is not None:
            self._idle_s = min(LOOK_EVERY_S, (due - now).total_seconds())

    async def _send(self, claim: Claim) -> Outcome:
        started = time.perf_counter()
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                outcome = await self._channel.sink.send(claim.alert, claim.key, claim.attempt)
        except TimeoutError:
            outcome = RetryLater(None, "timeout", f"no answer in {SEND_TIMEOUT_S:g} s")
        except Exception as error:  # noqa: BLE001 # a bug in one sink must not end its lane
            # Where, and not what: the message of a strange error may hold a secret.
            where = "".join(traceback.format_tb(error.__traceback__))
            fields = {"sink": self._name, "error": type(error).__name__, "where": where}
            logger.error("sink raised", extra=fields)  # noqa: TRY400 # exception() would print its message
            outcome = RetryLater(None, "sink_error", type(error).__name__)
        failpoint.reach(Failpoint.DELIVER_SENT)
        self._post.metrics.send_seconds.labels(self._name).observe(time.perf_counter() - started)
        return outcome

    async def _settle(self, done: Sequence[asyncio.Task[Outcome]]) -> None:
        if not done:
            return
        now = self._post.clock()
        state = self._state
        settled: list[tuple[Claim, Settlement]] = []
        for task in done:
            claim, outcome = self._sending[task], task.result()
            how = settle(outcome, claim.attempt, claim.queued_at, now, self._channel.backoff, self._post.rng)
            settled.append((claim, how))
            state = after(state, outcome, now, self._post.rng, self._seen_s())
        await asyncio.to_thread(self._post.outbox.settle, settled, now)
        failpoint.reach(Failpoint.DELIVER_SETTLED)
        for task in done:
            del self._sending[task]
        self._tell(settled, now)
        await self._stand(state, now)

    def _seen_s(self) -> float:
        """Seconds since the last outcome that this process saw."""
        before_s, self._looked_s = self._looked_s, self._post.elapsed_s()
        return 0.0 if before_s is None else self._looked_s - before_s

    def _tell(self, settled: Sequence[tuple[Claim, Settlement]], now: datetime) -> None:
        outcomes = {"delivered": "delivered", "pending": "retry", "dead": "dead"}
        levels = {"delivered": logging.DEBUG, "pending": logging.WARNING, "dead": logging.ERROR}
        for claim, how in settled:
            self._post.metrics.delivered(self._name, outcomes[how.state], now)
            if how.state == "dead":
                self._post.metrics.buried(how.reason)
            fields = {
                "sink": self._name,
                "outcome": outcomes[how.state],
                "reason": how.reason,
                "detail": how.detail,
                "attempt": claim.attempt,
                "rule": claim.alert.match.rule,
                "alert_id": claim.alert.alert_id,
            }
            logger.log(levels[how.state], "delivery settled", extra=fields)

    async def _stand(self, state: SinkState, now: datetime) -> None:
        """Remember how the sink fares, and bury what waited already when it began to fail, once it is dead.

        A crash in between buries again, which finds nothing.
        """
        if state != self._state:
            await asyncio.to_thread(self._post.states.save, self._name, state)
            self._state = state
            self._show()
        if is_dead(state, now, self._channel.backoff) and state.failing_since is not None:
            reasons = await asyncio.to_thread(self._post.outbox.give_up, self._name, state.failing_since, now)
            for reason in reasons:
                self._post.metrics.buried(reason)
            self._state = buried(state, now)
            await asyncio.to_thread(self._post.states.save, self._name, self._state)

    def _show(self) -> None:
        now = self._post.clock()
        paused = self._state.paused_until is not None and now < self._state.paused_until
        disabled = self._state.disabled_at is not None
        self._post.metrics.sink_state(self._name, paused=paused, disabled=disabled)

    async def _rest(self) -> None:
        """Wait for whatever comes first: a send that ends, somebody who wakes us, a time that comes."""
        waking = [asyncio.create_task(self._wakened.wait()), asyncio.create_task(self._stopping.wait())]
        waiting = [*waking, *self._sending]
        await asyncio.wait(waiting, timeout=self._idle_s, return_when=asyncio.FIRST_COMPLETED)
        for task in waking:
            task.cancel()

    async def _finish(self, grace_s: float) -> None:
        """Let what is being sent end; what does not, goes back to the outbox as due.

        A send cut off here may have arrived, so it counts as uncertain, like one cut off by a crash.
        """
        if not self._sending:
            return
        _, late = await asyncio.wait(self._sending, timeout=grace_s)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)
        given_back = [self._sending.pop(task) for task in list(self._sending) if task.cancelled()]
        await self._settle(list(self._sending))
        if given_back:
            self._post.metrics.uncertain(self._name, len(given_back))
            await asyncio.to_thread(self._post.outbox.release, given_back, self._post.clock())


async def _wait(stopping: asyncio.Event, timeout_s: float) -> None:
    try:
        async with asyncio.timeout(timeout_s):
            await stopping.wait()
    except TimeoutError:
        return
