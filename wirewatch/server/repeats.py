"""What happens a thousand times a second is logged once a minute, with how often it happened."""

import logging
import time
from collections.abc import Callable

_EVERY_S = 60.0
_MOST = 100


class Repeats:
    """Counts occurrences, and says when one is to be told; pure but for the clock (monotonic seconds)."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told: dict[str, float] = {}
        self._untold: dict[str, int] = {}

    def note(self, what: str) -> int:
        """How many to tell of, this one included; 0: say nothing now. What is new is told at once."""
        now_s = self._clock()
        count = self._untold.get(what, 0) + 1
        if what in self._told and now_s - self._told[what] < _EVERY_S:
            self._untold[what] = count
            return 0
        if len(self._told) >= _MOST:
            self._told.clear()
        self._told[what] = now_s
        self._untold.pop(what, None)
        return count


class RepeatsFilter(logging.Filter):
    """Lets a warning of a library through once a minute; `count` says for how many it stands."""

    def __init__(self) -> None:
        super().__init__()
        self._repeats = Repeats()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is to be logged; errors always are."""
        if record.levelno != logging.WARNING:
            return True
        count = self._repeats.note(str(record.msg))
        vars(record)["count"] = count
        return count > 0
