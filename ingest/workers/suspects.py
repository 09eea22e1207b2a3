"""Whose calls have run out of time: they are worked on apart, so that nobody waits behind them."""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from ingest.workers.handle import WorkerLostError, WorkerTimeoutError
from ingest.workers.process import Answer

_MAX_SOURCES = 1_000
_MOST_STRIKES = 8


Ask = Callable[[bytes, float], Answer]
"""Asks a process, and kills it after so many seconds: WorkerLostError then."""


class SuspectError(Exception):
    """The source of a call became a suspect while the call waited."""


class Suspects:
    """The sources whose last call took too long, with how many have in a row. Threads share it.

    A source is one until a call of its own is answered in time again. The longest unheard of is forgotten
    beyond 1,000 sources, for articles name their source themselves. The source "" is never one.
    """

    def __init__(self, first_try_s: float) -> None:
        self._first_try_s = first_try_s
        self._strikes: OrderedDict[str, int] = OrderedDict()
        self._lock = Lock()

    def ask_first(self, ask: Ask, source: str, data: bytes, timeout_s: float) -> Answer:
        """Ask, unless the source has become a suspect by now: SuspectError then."""
        if source in self._strikes:
            raise SuspectError
        return ask(data, timeout_s)

    def ask(self, ask: Ask, source: str, data: bytes, timeout_s: float) -> Answer:
        """Ask within the budget of the source, and judge it by how long its call took."""
        first_s = min(timeout_s, self._first_try_s)
        budget_s = max(first_s, timeout_s / 2 ** self._strikes.get(source, 0))
        began = time.monotonic()
        try:
            answer = ask(data, budget_s)
        except WorkerLostError as lost:
            if lost.reason == "died":
                raise
            self._note(source, 1)
            raise WorkerTimeoutError(f"killed after {budget_s:g} s of work") from lost
        if time.monotonic() - began < first_s:
            self._clear(source)
        return answer

    def accuse(self, source: str) -> None:
        """Note that a call of a source ran out of its first time."""
        self._note(source, 0)

    def _note(self, source: str, more: int) -> None:
        """Count; the budget halves with each that took all of it, so that a hundred pages cost minutes."""
        if not source:
            return
        with self._lock:
            self._strikes[source] = min(self._strikes.pop(source, 0) + more, _MOST_STRIKES)
            if len(self._strikes) > _MAX_SOURCES:
                self._strikes.popitem(last=False)

    def _clear(self, source: str) -> None:
        with self._lock:
            self._strikes.pop(source, None)
