"""The first loop: records in, matches and outbox rows stored, position advanced.

The position in our database is the only one that counts: it moves in the transaction that stores what
was read, so alerts are neither lost nor raised twice. What the log is told afterwards is for its
retention and for lag tools.
"""

import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from alerts.batch import (
    Batch,
    Matcher,
    Reading,
    Router,
    lineages,
    match_all,
    new_alerts,
    next_offsets,
    read,
    unseen,
)
from alerts.metrics import AlertMetrics
from alerts.ownership import Ownership
from alerts.quarantine import FindKillers, Quarantine, find_none
from alerts.store.ledger import Ledger
from stream import failpoint
from stream.clock import is_settled
from stream.errors import (
    CommitRefusedError,
    FileReplacedError,
    LogUnavailableError,
    PositionLostError,
    StreamError,
)
from stream.failpoint import Failpoint
from stream.log import Consumer, Record
from stream.timing import Clock

logger = logging.getLogger(__name__)

_PRUNE_EVERY = timedelta(minutes=10)
_PRUNE_ROWS = 5_000
_RETRY_ROWS = 100
_TELL_EVERY_S = 1.0
_PACE_S = 0.01
"""From a batch to the next while records trickle in: a transaction for each would cost more than the rest."""


class ConsumeConfig(BaseModel):
    """How records are read.

    The inbox must remember longer than a source may send an article again as if it were new.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_records: int = Field(500, ge=1, le=5_000)
    poll_timeout_s: float = Field(0.5, gt=0, le=10)
    inbox_keep_days: int = Field(45, ge=1, le=36_500)
    first_pause_s: float = Field(0.5, gt=0, le=3_600)
    longest_pause_s: float = Field(30, gt=0, le=3_600)


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides: swap-safe objects, since a reload may replace what they hold between two batches."""

    matcher: Matcher
    router: Router
    find_killers: FindKillers = find_none


class Consume:
    """Runs in one thread; `is_ready` may be read from any."""

    def __init__(
        self,
        consumer: Consumer,
        ledger: Ledger,
        rules: Rules,
        metrics: AlertMetrics,
        clock: Clock,
        config: ConsumeConfig,
    ) -> None:
        self._consumer = consumer
        self._ledger = ledger
        self._rules = rules
        self._quarantine = Quarantine(rules.find_killers)
        self._metrics = metrics
        self._clock = clock
        self._config = config
        self._ownership = Ownership(consumer, ledger, clock)
        self._pruned_at: datetime | None = None
        self._told_at_s = -math.inf
        self._polled_at_s = -math.inf
        self._listeners: list[Callable[[], None]] = []
        self._is_waiting = False
        self.is_ready = False

    def on_stored(self, listener: Callable[[], None]) -> None:
        """Call `listener` from this thread after each commit that put deliveries into the outbox."""
        self._listeners.append(listener)

    def run(self, stop: threading.Event) -> None:
        """Read until `stop` is set; a failed round is logged, counted and repeated, never the end."""
        pause_s = self._config.first_pause_s
        while not stop.is_set():
            try:
                if self.step():
                    stop.wait(max(0.0, self._polled_at_s + _PACE_S - time.monotonic()))
            except (LogUnavailableError, FileReplacedError) as error:
                self._wait_for_log(error, stop)
            except Exception:
                logger.exception("batch failed, will be read again", extra={"pause_s": pause_s})
                self._metrics.failed("consume")
                self._forget()
                stop.wait(pause_s)
                pause_s = min(pause_s * 2, self._config.longest_pause_s)
            else:
                self.is_ready, self._is_waiting = True, False
                pause_s = self._config.first_pause_s
        if self.is_ready:  # a log that cannot be reached would be waited for
            self._tell_log()
        self._ownership.end()

    def step(self) -> int:
        """Handle one batch; returns how many records it had.

        1. poll: nothing has changed anywhere; a crash reads again.
        2. decode and match, in memory only; a crash reads again.
        3. one transaction: inbox, alerts, outbox, dead letters, position. A crash before its commit
           leaves none of it and reads again; after its commit all of it, and the batch is never read again.
        4. wake the deliverers; a crash costs nothing, since they look for themselves when they start.
        5. tell the log the position, once a second and when there is nothing to read: it costs the log a
           transaction. A crash leaves the log behind, and the next start seeks to ours.
        """
        self._ownership.adopt(self._consumer.assignment())
        records = self._ownership.wanted(self._poll())
        self._polled_at_s = time.monotonic()
        if not records:
            self._tell_log()
            self._look_after_itself()
            return 0
        try:
            self._store(records)
        except CommitRefusedError as refused:
            # Somebody else owns the partition now. What we computed is thrown away; what is assigned to
            # us still is adopted anew at the next step, from where the other left it.
            logger.warning("commit refused, reading again", extra={"reason": str(refused)})
            self._metrics.failed("consume")
            self._forget()
        return len(records)

    def _poll(self) -> list[Record]:
        try:
            # With partitions of ours and not ready yet: don't wait for a first record before saying so.
            is_waiting = self.is_ready or not self._ownership.positions
            timeout_s = self._config.poll_timeout_s if is_waiting else 0.0
            return self._consumer.poll(self._config.max_records, timeout_s)
        except PositionLostError as lost:
            logger.error(  # noqa: TRY400 - a traceback says nothing: this is the log's state, not a failure
                "the log is not as we have read it, reading on where it is",
                extra={"reason": lost.reason, "partitions": sorted(lost.partitions), "detail": lost.detail},
            )
            self._metrics.failed("consume")
            self._ownership.void(lost.partitions)
            return []

    def _wait_for_log(self, error: StreamError, stop: threading.Event) -> None:
        # Positions stay ours meanwhile, and the log is tried again soon: a broker that is back is not waited
        # for. Said once, or a night's outage fills the disk.
        if self.is_ready or not self._is_waiting:
            logger.warning("the log cannot be reached, trying again", extra={"reason": str(error)})
        self._metrics.failed("consume")
        self._is_waiting = True
        self.is_ready = False
        stop.wait(self._config.first_pause_s)

    def _store(self, records: Sequence[Record]) -> None:
        owned = self._ownership.positions
        sound, killers = self._quarantine.sort_out(records, owned)
        now = self._clock()
        batch, repeated = self._decide(sound, now)
        batch = replace(batch, dead=(*killers, *batch.dead))
        positions = next_offsets(records)
        failpoint.reach(Failpoint.MATCH_BEFORE_COMMIT)
        self._ownership.advance(self._ledger.commit(batch, owned, positions, now, lineages(records)))
        failpoint.reach(Failpoint.MATCH_AFTER_COMMIT)
        self._tell(batch, repeated)
        if time.monotonic() - self._told_at_s >= _TELL_EVERY_S:
            self._tell_log()
        failpoint.reach(Failpoint.MATCH_AFTER_ADVISORY_COMMIT)

    def _tell_log(self) -> None:
        """Tell the log where we stand where it has not heard; it would show a lag that is none.

        Only after a poll, in which the log may find that it no longer has our position.
        """
        positions = self._ownership.untold()
        if not positions:
            return
        self._told_at_s = time.monotonic()
        try:
            self._consumer.commit(positions)
        except StreamError as error:
            logger.warning("log not told the position, next batch will", extra={"reason": str(error)})

    def _decide(self, records: Sequence[Record], now: datetime) -> tuple[Batch, int]:
        readings, undecodable = read(records)
        fresh = unseen(readings, self._ledger.seen([reading.key for reading in readings]))
        done, routed, failed = match_all(fresh, self._rules.matcher, self._rules.router, self._stopwatch())
        known = self._ledger.known_alerts([candidate.alert_id for candidate in routed])
        alerts, matches = new_alerts(routed, known, now)
        batch = Batch(
            inbox=tuple(reading.key for reading in done),
            alerts=alerts,
            dead=(*undecodable, *failed),
            matches=matches,
        )
        return batch, len(readings) - len(fresh)

    def _stopwatch(self) -> Callable[[Reading], None]:
        last = time.perf_counter()

        def observe(_reading: Reading) -> None:
            nonlocal last
            now = time.perf_counter()
            self._metrics.match_seconds.observe(now - last)
            last = now

        return observe

    def _tell(self, batch: Batch, repeated: int) -> None:
        self._metrics.stored(batch, repeated=repeated)
        for dead in batch.dead:
            place = {"partition": dead.record.partition, "offset": dead.record.offset}
            logger.error("record became a dead letter", extra={"reason": dead.reason, **place})
        if batch.deliveries:
            for listener in self._listeners:
                listener()

    def _forget(self) -> None:
        self.is_ready = False
        self._ownership.forget()

    def _look_after_itself(self) -> None:
        self.retry_dead_letters()
        now = self._clock()
        if self._pruned_at is None or abs(now - self._pruned_at) >= _PRUNE_EVERY:
            self._pruned_at = now
            if is_settled(self._clock):
                self._ledger.prune_inbox(now - timedelta(days=self._config.inbox_keep_days), _PRUNE_ROWS)

    def retry_dead_letters(self) -> int:
        """Give the dead records that somebody asked for their other try; returns how many.

        One that fails again is a new dead letter; the old one is marked as tried either way.
        """
        letters = self._ledger.retries(_RETRY_ROWS)
        if not letters:
            return 0
        # In a process of their own first: one that kills would be tried again by every next process.
        sound, killers = self._quarantine.try_all([record for _, record in letters])
        now = self._clock()
        batch, repeated = self._decide(sound, now)
        retried = tuple(id_ for id_, _ in letters)
        batch = replace(batch, dead=(*killers, *batch.dead), retried=retried)
        self._ledger.commit(batch, {}, {}, now)
        self._tell(batch, repeated)
        return len(letters)
