"""When each source is polled next: APScheduler's jobs, held to seconds that nobody can set.

APScheduler compares with the time of day: after a step back of an hour it would be deaf for an hour, and its
timer does not run while the machine is suspended. So each plan is kept in seconds since boot too, and
`keep_time`, called every few seconds, plans all jobs anew when the time of day has moved against them.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_EXECUTED,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobEvent,
)
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from stream.timing import utc_now

LOST = {EVENT_JOB_MISSED: "missed", EVENT_JOB_ERROR: "error", EVENT_JOB_MAX_INSTANCES: "overlap"}
_SLACK = timedelta(seconds=0.5)


class Timetable:
    """One job a source, always for its next poll only. For one event loop; `overdue_s` is for any thread."""

    def __init__(
        self, run: Callable[[str], object], after: Callable[[JobEvent], None], elapsed_s: Callable[[], float]
    ) -> None:
        """`run` is the job, a coroutine function; `after` is told how each ended."""
        self._run = run
        self._elapsed_s = elapsed_s
        self._due_s: dict[str, float] = {}
        self._boot = self._booted_at()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
        )
        self._scheduler.add_listener(after, EVENT_JOB_EXECUTED | sum(LOST))

    @property
    def is_running(self) -> bool:
        """Whether jobs are run when they are due."""
        return bool(self._scheduler.running)

    def start(self) -> None:
        """Begin to run jobs, on the loop that runs now."""
        self._scheduler.start()

    def shutdown(self) -> None:
        """Run no more jobs; it takes effect in the next turn of the loop."""
        self._scheduler.shutdown(wait=False)

    def plan(self, source_id: str, in_s: float) -> None:
        """Run the job of a source in so many seconds, instead of when it was planned for before."""
        self._due_s[source_id] = self._elapsed_s() + in_s
        self._scheduler.add_job(
            self._run,
            DateTrigger(utc_now() + timedelta(seconds=in_s), UTC),
            args=(source_id,),
            id=source_id,
            name=source_id,
            replace_existing=True,
        )

    def begun(self, source_id: str) -> None:
        """Note that the job of a source runs: it is not planned any more."""
        self._due_s.pop(source_id, None)

    def remove(self, source_id: str) -> None:
        """Forget the plan of a source, if it has one."""
        self.begun(source_id)
        if self._scheduler.get_job(source_id) is not None:
            self._scheduler.remove_job(source_id)

    def clear(self) -> None:
        """Forget all plans."""
        self._due_s.clear()
        self._scheduler.remove_all_jobs()

    def left_s(self, source_id: str) -> float | None:
        """Seconds until the job of a source is due; None when it has no plan."""
        due_s = self._due_s.get(source_id)
        return None if due_s is None else due_s - self._elapsed_s()

    def overdue_s(self) -> float:
        """For how long the longest overdue job should have run already; 0 when all is well."""
        return max(0.0, self._elapsed_s() - min(tuple(self._due_s.values()), default=self._elapsed_s()))

    def keep_time(self) -> None:
        """Hold the jobs to their plans, whatever the time of day did; call it every few seconds."""
        boot = self._booted_at()
        if abs(boot - self._boot) > _SLACK:
            for source_id, due_s in tuple(self._due_s.items()):
                self.plan(source_id, max(0.0, due_s - self._elapsed_s()))
        self._boot = boot
        self._scheduler.wakeup()  # a suspended machine's timers are late

    def _booted_at(self) -> datetime:
        return utc_now() - timedelta(seconds=self._elapsed_s())
