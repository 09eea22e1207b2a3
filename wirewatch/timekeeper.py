"""The one watcher of the clock in a process: what must know of a step is asked to look every few seconds."""

import logging
import threading
from collections.abc import Callable, Sequence

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0


class Timekeeper:
    """Calls each of `watching` every LOOK_EVERY_S, in a thread of its own, until it is stopped.

    Apart from the chores of the daemon, since one of those may take a while.
    """

    def __init__(self, watching: Sequence[Callable[[], object]], every_s: float = LOOK_EVERY_S) -> None:
        self._watching = tuple(watching)
        self._every_s = every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="timekeeper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()
        self._thread.join(self._every_s)

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            for look in self._watching:
                self._ask(look)

    def _ask(self, look: Callable[[], object]) -> None:
        try:
            look()
        except Exception:
            logger.exception("the clock was not looked at, carrying on")
