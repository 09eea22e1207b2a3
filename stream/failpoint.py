"""Named places where a test may kill the process, to prove that order protects the data."""

import os
import signal
from enum import StrEnum


class Failpoint(StrEnum):
    """Every place, so that whoever goes through them all cannot miss one: `reach` takes nothing else."""

    INGEST_FETCHED = "ingest.fetched"
    INGEST_BEFORE_COMMIT = "ingest.before_commit"
    INGEST_AFTER_COMMIT = "ingest.after_commit"
    SHARE_RULED = "share.ruled"
    MATCH_BEFORE_COMMIT = "match.before_commit"
    MATCH_AFTER_COMMIT = "match.after_commit"
    MATCH_AFTER_ADVISORY_COMMIT = "match.after_advisory_commit"
    DELIVER_CLAIMED = "deliver.claimed"
    DELIVER_SENT = "deliver.sent"
    DELIVER_SETTLED = "deliver.settled"

    @property
    def needs_company(self) -> bool:
        """Whether only ingesters that share their sources come here; all others come without PostgreSQL."""
        return self.value.startswith("share.")


_armed = os.environ.get("WIREWATCH_FAILPOINT", "")
is_armed = bool(_armed)


def reach(place: Failpoint) -> None:
    """Die here by SIGKILL if `WIREWATCH_FAILPOINT` names this place (`name` or `name:n`, the n-th time)."""
    if _armed and _armed.partition(":")[0] == place:
        _strike(place)


def meet(name: str, value: str) -> None:
    """Die here by SIGKILL if `WIREWATCH_FAILPOINT` is `name=value`: what a poisonous article or rule does.

    Names: `match.event` (an event's id), `match.rule` (a rule's), `regex.scan` (a pattern).
    """
    if _armed and _armed == f"{name}={value}":
        os.kill(os.getpid(), signal.SIGKILL)


def _strike(place: Failpoint) -> None:
    nth = int(_armed.partition(":")[2] or 1)
    _reached[place] = _reached.get(place, 0) + 1
    if _reached[place] >= nth:
        os.kill(os.getpid(), signal.SIGKILL)


_reached: dict[Failpoint, int] = {}
