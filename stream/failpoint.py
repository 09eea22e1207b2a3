"""Named places where a test may kill the process, to prove that order protects the data."""

import os
import signal

NAMES: tuple[str, ...] = (
    "ingest.fetched",
    "ingest.before_commit",
    "ingest.after_commit",
    "match.before_commit",
    "match.after_commit",
    "match.after_advisory_commit",
    "deliver.claimed",
    "deliver.sent",
    "deliver.settled",
)

_armed = os.environ.get("WIREWATCH_FAILPOINT", "")
is_armed = bool(_armed)


def reach(name: str) -> None:
    """Die here by SIGKILL if `WIREWATCH_FAILPOINT` names this place (`name` or `name:n`, the n-th time)."""
    if _armed and _armed.partition(":")[0] == name:
        _strike(name)


def meet(name: str, value: str) -> None:
    """Die here by SIGKILL if `WIREWATCH_FAILPOINT` is `name=value`: what a poisonous article or rule does.

    Names: `match.event` (an event's id), `match.rule` (a rule's), `regex.scan` (a pattern).
    """
    if _armed and _armed == f"{name}={value}":
        os.kill(os.getpid(), signal.SIGKILL)


def _strike(name: str) -> None:
    nth = int(_armed.partition(":")[2] or 1)
    _reached[name] = _reached.get(name, 0) + 1
    if _reached[name] >= nth:
        os.kill(os.getpid(), signal.SIGKILL)


_reached: dict[str, int] = {}
