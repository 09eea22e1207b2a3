"""Waiting for another thread, with a deadline."""

import threading
import time
from collections.abc import Callable

_LOOK_EVERY_S = 0.01


def wait_for(condition: Callable[[], bool], timeout_s: float = 20.0) -> None:
    """Return as soon as `condition` holds; fail when it does not in time."""
    deadline = time.monotonic() + timeout_s
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "the condition never held"
        pause.wait(_LOOK_EVERY_S)
