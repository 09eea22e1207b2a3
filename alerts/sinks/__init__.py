"""Sinks: one file a kind, none of which knows its siblings.

A sink says what became of one attempt as a value. It never raises for what a remote, a network or a
disk may do, and never lets a secret into what it says.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

from alerts.alert import Alert

RetryReason = Literal[
    "timeout",  # no answer in time; it may have arrived
    "connection",  # refused, reset, unresolvable
    "tls",  # no or no trustworthy encryption where it is required
    "auth",  # the remote does not take our credentials: a matter of configuration, so the alert waits
    "throttled",  # asked to slow down (429, SMTP 421/45x)
    "server_error",  # the remote failed (5xx)
    "client_error",  # the remote did not like it, which an operator may mend (4xx)
    "redirect",  # 3xx: never followed
    "temporary",  # SMTP 4xx, greylisting
    "forbidden_address",  # the policy does not let us dial it
    "io_error",  # a disk or a pipe
    "sink_error",  # a bug of ours
]
RefusedReason = Literal[
    "rejected",  # SMTP 5xx: this mail will not be taken however often it is sent
    "unsupported",  # the remote lacks what this alert needs
    "unsafe",  # what would be sent does not read back as it was meant: nothing is sent
    "unreadable",  # the stored alert cannot be read back
]

RETRY_AFTER_LIMIT_S = 24 * 3600.0
"""The longest wait a remote may ask for."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The remote has it; `detail` is what it answered."""

    detail: str = ""


@dataclass(frozen=True, slots=True)
class RetryLater:
    """Not now; `after_s` is what the remote asked for, None: as the schedule says."""

    after_s: float | None
    reason: RetryReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Never: this alert cannot be delivered there, though others may."""

    reason: RefusedReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SinkGone:
    """The remote says it is gone for good (HTTP 410): nothing more is sent until somebody enables it."""

    detail: str = ""


Outcome = Delivered | RetryLater | Refused | SinkGone


class Sink(Protocol):
    """Where alerts go. Used from one event loop; several `send`s may run at once."""

    @property
    def name(self) -> str:
        """What routes call it; a metric label."""
        ...

    async def send(self, alert: Alert, key: str, attempt: int) -> Outcome:
        """Try once. `key` is the same for every attempt at this alert: the remote may drop repeats by it."""
        ...

    async def close(self) -> None:
        """Release connections; called once, when no `send` runs any more."""
        ...
