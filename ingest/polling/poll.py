"""One poll of one source, from start to finish: ask, hand over, decide when to ask again."""

import asyncio
import logging
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from ingest.intake import Intake
from ingest.outcome import TryLater
from ingest.polling.pace import (
    LOCAL_BACKOFF_S,
    NETWORK_REASONS,
    PollingConfig,
    adapted_interval_s,
    after_answer_s,
    after_failure_s,
    backoff_s,
    server_backoff_s,
)
from ingest.polling.report import PollEnd, PollFailure, PollReport
from ingest.progress import Progress, Tally, answered, failed, gone, held, received, restated
from ingest.sources import Polled, PollFailed, PollOutcome, Source, SourceGone, Unchanged
from ingest.store.ingest_store import IngestStore
from stream.errors import LogFullError
from stream.failpoint import Failpoint, reach
from stream.timing import Clock

logger = logging.getLogger(__name__)

FULL_RETRY_S = 10.0
WRITE_DOWN_EVERY = timedelta(minutes=1)


class Poller:
    """Polls sources; keeps nothing between two polls but what the store keeps."""

    def __init__(
        self, intake: Intake, store: IngestStore, config: PollingConfig, clock: Clock, rng: random.Random
    ) -> None:
        self._intake = intake
        self._store = store
        self._config = config
        self._clock = clock
        self._rng = rng

    async def poll(self, source: Source, *, is_canary: bool = False) -> PollReport:
        """Poll once. Whatever the source does is in the report; what raises is a bug or a broken state.

        Nothing is lost by a crash at any moment: the cursor moves in the transaction that appends. A canary
        that cannot be reached is not blamed: nothing is stored of it.
        """
        progress = await asyncio.to_thread(self._store.progress, source.id)
        try:
            outcome = await self._ask(source, progress.cursor)
        except LogFullError:  # a source that keeps notes of its own could not write them
            return self._not_taken(source, TryLater("full", FULL_RETRY_S))
        reach(Failpoint.INGEST_FETCHED)
        match outcome:
            case Polled():
                return await self._hand_over(source, progress, outcome)
            case Unchanged():
                return await self._rest(source, progress, outcome)
            case PollFailed(reason=reason) if is_canary and reason in NETWORK_REASONS:
                due_at = self._clock() + timedelta(seconds=self._config.first_backoff_s)
                return PollReport(source.id, "failed", due_at, reason)
            case PollFailed():
                return await self._fail(source, progress, outcome)
            case SourceGone():
                return await self._retire(source, progress, outcome)

    async def crashed(self, source: Source, error: Exception) -> PollReport:
        """Note that a poll ended in an exception, as a failure of the source: it is tried again, later."""
        progress = await asyncio.to_thread(self._store.progress, source.id)
        report = await self._fail(source, progress, PollFailed("bug", f"{type(error).__name__}: {error}"))
        return replace(report, end="crashed", reason="bug")

    async def restate(self, source_id: str, left_s: float) -> None:
        """Store when a source is due by the clock as it is now; what it cannot be, is made true."""
        now = self._clock()
        due_at = now + timedelta(seconds=left_s)
        await self._intake.advance(source_id, lambda progress: restated(progress, now=now, due_at=due_at))

    async def hold(self, source_id: str, due_at: datetime, detail: str) -> None:
        """Store that a source is not asked before `due_at`, and why."""
        await self._intake.advance(source_id, lambda progress: held(progress, due_at=due_at, detail=detail))

    async def _ask(self, source: Source, cursor: Mapping[str, str]) -> PollOutcome:
        deadline_s = self._config.poll_deadline_s
        asking = asyncio.timeout(deadline_s)
        try:
            async with asking:
                return await source.poll(cursor, self._clock())
        except TimeoutError:
            if not asking.expired():
                raise
            return PollFailed("timeout", f"no answer within {deadline_s:.0f} s")

    async def _hand_over(self, source: Source, progress: Progress, polled: Polled) -> PollReport:
        now, stretch = self._clock(), self._stretch(source)

        def advance(current: Progress, total: Tally) -> Progress:
            heard = received(current, now=now, tally=total)
            has_changed = total.appended > 0
            return self._answered(source, heard, polled, now, has_changed=has_changed, stretch=stretch)

        result = await self._intake.accept(
            [*polled.items, *polled.rejected], source_id=source.id, max_age=source.max_age, advance=advance
        )
        if isinstance(result, TryLater):
            return self._not_taken(source, result)
        total = result.tally
        if not total.appended:
            return PollReport(source.id, "unchanged", advance(progress, total).due_at, tally=total)
        logger.info("polled", extra={"source": source.id, "items": total.items_in, "new": total.new})
        return PollReport(source.id, "changed", advance(progress, total).due_at, tally=total)

    async def _rest(self, source: Source, progress: Progress, outcome: Unchanged) -> PollReport:
        now, stretch = self._clock(), self._stretch(source)

        def advance(current: Progress) -> Progress:
            return self._answered(source, current, outcome, now, has_changed=False, stretch=stretch)

        following = advance(progress)
        refused = None
        if not _is_old_news(source, progress, following):
            refused = await self._intake.advance(source.id, advance)
        return self._report(source, "unchanged", following, refused)

    async def _fail(self, source: Source, progress: Progress, outcome: PollFailed) -> PollReport:
        now = self._clock()
        pause_s = self._backoff_s(source, progress.failures + 1, outcome.retry_after_s) * self._stretch(
            source
        )
        due_at = now + timedelta(seconds=pause_s)

        def advance(current: Progress) -> Progress:
            return failed(current, now=now, reason=outcome.reason, detail=outcome.detail, due_at=due_at)

        following = advance(progress)
        refused = await self._intake.advance(source.id, advance)
        report = self._report(source, "failed", following, refused)
        failure = PollFailure(outcome.reason, outcome.detail, following.failures, pause_s)
        return replace(report, asked_pause_s=outcome.retry_after_s, failure=failure)

    async def _retire(self, source: Source, progress: Progress, outcome: SourceGone) -> PollReport:
        now = self._clock()
        logger.error("source is gone", extra={"source": source.id, "detail": outcome.detail})
        refused = await self._intake.advance(source.id, lambda p: gone(p, now=now, detail=outcome.detail))
        return self._report(source, "gone", gone(progress, now=now, detail=outcome.detail), refused)

    def _answered(
        self,
        source: Source,
        progress: Progress,
        answer: Polled | Unchanged,
        now: datetime,
        *,
        has_changed: bool,
        stretch: float,
    ) -> Progress:
        """The progress after an answer: a folder keeps its pace, a server's follows how often it has news."""
        asked_s = answer.next_after_s
        interval_s = source.interval_s
        if source.host is not None:
            interval_s = adapted_interval_s(progress.interval_s, source.interval_s, has_changed=has_changed)
        # Only a folder may ask to be read on at once: a server that says max-age=0 does not mean it.
        has_more = source.host is None and asked_s == 0 and isinstance(answer, Polled)
        pause_s = 0.0 if has_more else after_answer_s(interval_s, asked_s) * stretch
        due_at = now + timedelta(seconds=pause_s)
        return answered(progress, now=now, cursor=answer.cursor, due_at=due_at, interval_s=interval_s)

    def _backoff_s(self, source: Source, failures: int, asked_s: float | None) -> float:
        if source.host is None:
            return backoff_s(failures, source.interval_s, max(LOCAL_BACKOFF_S, source.interval_s))
        return after_failure_s(failures, asked_s, server_backoff_s(failures, self._config))

    def _stretch(self, source: Source) -> float:
        """Up to a tenth longer, so that servers polled together do not stay together."""
        return 1.0 if source.host is None else 1.0 + 0.1 * self._rng.random()

    def _report(
        self, source: Source, end: PollEnd, progress: Progress, refused: TryLater | None
    ) -> PollReport:
        if refused is not None:
            return self._not_taken(source, refused)
        return PollReport(source.id, end, progress.due_at, progress.reason)

    def _not_taken(self, source: Source, later: TryLater) -> PollReport:
        due_at = self._clock() + timedelta(seconds=later.after_s)
        return PollReport(source.id, "not_taken", due_at, later.reason)


def _is_old_news(source: Source, before: Progress, after: Progress) -> bool:
    """Whether a folder rests as it did less than a minute ago: that need not be written to the disk."""
    if (
        source.host is not None
        or before.failures
        or before.succeeded_at is None
        or after.succeeded_at is None
    ):
        return False
    is_recent = timedelta() <= after.succeeded_at - before.succeeded_at < WRITE_DOWN_EVERY
    return is_recent and before.cursor == after.cursor
