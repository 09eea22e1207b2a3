"""Dying in process: a failpoint that raises what nothing catches."""

import pytest


class Crash(BaseException):  # no error anybody may handle: it stands for SIGKILL
    """The process would be dead here."""


def crash_at(
    monkeypatch: pytest.MonkeyPatch, name: str, nth: int = 1, *, called: str = "stream.failpoint.reach"
) -> None:
    """Raise Crash the `nth` time the failpoint is reached; `called` is how the code under test reaches it."""
    reached = 0

    def reach(place: str) -> None:
        nonlocal reached
        if place == name:
            reached += 1
            if reached == nth:
                raise Crash(name)

    monkeypatch.setattr(called, reach)
