"""The process that is to take over: started beside the old one, and rehearsed before it is needed.

A process learns a language, and imports what a kind of call needs, with the first call that wants it: 20 to
90 ms. So a successor first does again what the old process did last, and nobody waits for that.
"""

from collections import deque
from collections.abc import Iterable

from ingest.workers.handle import WorkerHandle


class Successor:
    """Used by the one thread that owns it; raises as WorkerHandle does where the process is gone."""

    def __init__(self, handle: WorkerHandle, rehearsals: Iterable[bytes]) -> None:
        self.handle = handle
        self._rehearsals = deque(rehearsals)
        self._is_started = False
        self._is_asked = True  # a process says by itself that it has started

    def is_warm(self) -> bool:
        """Whether it has started and rehearsed; never waits, but asks for the next rehearsal."""
        if self._is_asked and not self.handle.has_spoken():
            return False
        self.finish(0)
        if not self._rehearsals:
            return True
        self.handle.send(self._rehearsals.popleft())
        self._is_asked = True
        return False

    def finish(self, timeout_s: float) -> None:
        """Wait for its start or for the rehearsal under way, without beginning another."""
        if not self._is_started:
            self.handle.wait_until_ready(timeout_s)
            self._is_started = True
        elif self._is_asked:
            self.handle.receive(timeout_s)
        self._is_asked = False
