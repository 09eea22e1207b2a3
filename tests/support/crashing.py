"""Dying in process: a failpoint that raises what nothing catches."""

import pytest


class Crash(BaseException):  # no error anybody may handle: it stands for SIGKILL
    """The process would be dead here."""


def crash_at(monkeypatch: pytest.MonkeyPatch, name: str, nth: int = 1) -> None:
    """Raise Crash the `nth` time the failpoint is reached."""
    reached = 0

    def reach(place: str) -> None:
        nonlocal reached
        if place == name:
            reached += 1
            if reached == nth:
                raise Crash(name)

    monkeypatch.setattr("stream.failpoint.reach", reach)
