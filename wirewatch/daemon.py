"""The daemon: roles started in order, signals obeyed, files watched, everything drained at the end.

SIGTERM and SIGINT drain: no new polls or pushes, batches and sends under way end, exit 0 within ten
seconds, whatever hangs; a second one ends the process at once, which loses nothing either. SIGHUP reads the
configuration again: validated first, then swapped; a broken file keeps what runs.
"""

import gc
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from types import FrameType

from stream.errors import StreamError
from wirewatch.readiness import Readiness
from wirewatch.roles import Role
from wirewatch.supervisor import Supervisor

logger = logging.getLogger(__name__)

_TICK_S = 0.5
_SHOW = timedelta(seconds=5)
STOPPED_AT_ONCE = 128

_ROLES_END_S = 7.8  # longer than a send may take to end; what takes longer is left behind
_FIRST_ENDS_S = 1.5
_ALL_ENDS_S = 9.9  # with the files closed and every process of ours gone


class Daemon:
    """Runs until it is told to stop. `chores` are called about every interval, in the main thread."""

    def __init__(
        self,
        roles: Sequence[Role],
        readiness: Readiness,
        reload: Callable[[], None],
        supervisor: Supervisor,
    ) -> None:
        """`roles` start in this order; they stop together, and then the first one."""
        self._roles = tuple(roles)
        self._readiness = readiness
        self._reload = reload
        self._supervisor = supervisor
        self._chores: list[_Chore] = []
        self._started: list[Role] = []
        self._draining_since_s: float | None = None
        self._stop = threading.Event()
        self._hung_up = threading.Event()
        self._failure: StreamError | None = None

    def every(self, interval: timedelta, chore: Callable[[], object]) -> None:
        """Do a chore again and again; one that raises is logged and done again next time."""
        self._chores.append(_Chore(chore, interval.total_seconds()))

    def give_up(self, failure: StreamError) -> None:
        """Drain and end with this failure: going on would be of no use to anybody. From any thread."""
        self._failure = failure
        self._stop.set()

    def run(self) -> None:
        """Start, work, drain.

        Raises what a role raised at its start, after stopping the others, and what it was given up for.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGHUP, lambda _number, _frame: self._hung_up.set())
        self.every(_SHOW, self._show)
        try:
            self._start()
            while not self._stop.wait(_TICK_S):
                self._tick()
        finally:
            self._drain()
        if self._failure is not None:
            raise self._failure

    def _start(self) -> None:
        for role in self._roles:
            role.start()
            self._started.append(role)
        # Rules and gazetteers live as long as the process: the collector need not walk them again.
        gc.collect()
        gc.freeze()
        logger.info("started", extra={"roles": ",".join(role.name for role in self._roles)})
        self._supervisor.ready()
        self._supervisor.status("started: " + ", ".join(role.name for role in self._roles))

    def _tick(self) -> None:
        if self._hung_up.is_set():
            self._hung_up.clear()
            self._supervisor.reloading()
            _attempt(self._reload)
            self._supervisor.ready()
        self._supervisor.alive()
        for chore in self._chores:
            chore.do_if_due(time.monotonic())

    def _show(self) -> None:
        """Put the readiness into one line for `systemctl status`."""
        said_no = [
            f"{name}: {one.detail}" for name, one in self._readiness.verdicts().items() if not one.is_ready
        ]
        self._supervisor.status("not ready: " + "; ".join(said_no) if said_no else "ready")

    def left_to_end_s(self) -> float:
        """Seconds that are left of those in which the process is to have ended; all while it works."""
        since_s = self._draining_since_s
        return _ALL_ENDS_S if since_s is None else max(0.0, since_s + _ALL_ENDS_S - time.monotonic())

    def _drain(self) -> None:
        self._draining_since_s = time.monotonic()
        self._supervisor.stopping()
        self._supervisor.status("draining")
        self._readiness.drain()
        logger.info("draining")
        # Together, so that one that waits for a broker takes no time from another. The first one, the web
        # server, answers until the others have ended.
        _stop(tuple(reversed(self._started[1:])), _ROLES_END_S)
        _stop(self._started[:1], _FIRST_ENDS_S)
        logger.info("stopped")

    def _on_stop(self, number: int, _frame: FrameType | None) -> None:
        if self._stop.is_set():
            os._exit(STOPPED_AT_ONCE + number)
        self._stop.set()


class _Chore:
    def __init__(self, work: Callable[[], object], interval_s: float) -> None:
        self._work = work
        self._interval_s = interval_s
        self._due_s = time.monotonic() + interval_s

    def do_if_due(self, now_s: float) -> None:
        if now_s >= self._due_s:
            self._due_s = now_s + self._interval_s
            _attempt(self._work)


def _attempt(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:
        logger.exception("failed, carrying on", extra={"what": getattr(work, "__qualname__", repr(work))})


def _stop(roles: Sequence[Role], within_s: float) -> None:
    """Stop roles side by side; one that does not end in time is left behind, and said."""
    until_s = time.monotonic() + within_s
    stopping = [threading.Thread(target=_attempt, args=(role.stop,), daemon=True) for role in roles]
    for thread in stopping:
        thread.start()
    for role, thread in zip(roles, stopping, strict=True):
        thread.join(max(0.0, until_s - time.monotonic()))
        if thread.is_alive():
            logger.warning("did not stop in time, ending without it", extra={"role": role.name})


def end_within(seconds: float) -> None:
    """End the process when it has not ended by then: what was acknowledged is durable, so nothing is lost."""

    def end() -> None:
        logger.warning("did not end in time, ending at once")
        logging.shutdown()
        os._exit(os.EX_OK)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()


def leave() -> None:
    """End the process although threads that we left behind still hang, which Python would wait for."""
    logging.shutdown()
    others = (thread for thread in threading.enumerate() if thread is not threading.main_thread())
    if any(not thread.daemon for thread in others):
        os._exit(os.EX_OK)
