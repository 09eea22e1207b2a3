"""Roles: the parts of a running process. Each is started and stopped as one; none knows the others."""

from typing import Protocol

ROLES = ("ingest", "alerts", "deliver", "web")


class Role(Protocol):
    """A part of the process that runs in threads of its own."""

    @property
    def name(self) -> str:
        """What logs and readiness call it."""
        ...

    def start(self) -> None:
        """Begin; returns when the role runs. Raises when it cannot."""
        ...

    def stop(self) -> None:
        """Take nothing new, finish or undo what is under way, and return within a few seconds."""
        ...
