"""What the roles of a process open, and what they must have to themselves: decided here, done elsewhere."""

from collections.abc import Collection
from dataclasses import dataclass

LOCAL_LOG = "ingest.db"
LOCAL_ALERTS = "alerts.db"
ACKNOWLEDGED = "ingest.acknowledged"
"""What the log has acknowledged, noted beside it."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What is not in the state folder: the log on Kafka, the alerts on PostgreSQL."""

    log: bool = False
    alerts: bool = False


@dataclass(frozen=True, slots=True)
class Needs:
    """`log`: the file of ingest and its log. `alerts`: the database of alerts, wherever it is.

    `locks`: the roles of which one process at a time may work on this state folder. `reads_log` and
    `writes_log`: whether alerts are raised from the log in that file, and whether events come into it.
    """

    log: bool = True
    alerts: bool = True
    reads_log: bool = True
    writes_log: bool = True
    locks: tuple[str, ...] = ()


EVERYTHING = Needs()


def needs_of(roles: Collection[str], shared: Shared) -> Needs:
    """Say what a process with these roles opens.

    Pages show what is there: beside nothing but shared state they do without the file of ingest.
    """
    reads_log = "alerts" in roles and not shared.log
    shows_log = "web" in roles and not (shared.log and shared.alerts)
    works_on = {
        "ingest": True,
        "alerts": not (shared.log and shared.alerts),
        "deliver": not shared.alerts,
        "web": shows_log,
    }
    return Needs(
        log="ingest" in roles or reads_log or shows_log,
        alerts=not set(roles) <= {"ingest"},
        reads_log=reads_log,
        writes_log="ingest" in roles,
        locks=tuple(role for role in roles if works_on[role]),
    )
