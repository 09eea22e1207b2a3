"""Who gets a place when there are few: decided here, done by the protocol.

A slow client holds its connection as long as it may, so that the places are full of those who send nothing.
Whoever comes then is given the place of the one that has kept us waiting longest (of the address with most
connections first). What is being answered is never given up.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from wirewatch.server.limits import RESERVED, ConnectionLimits

EndReason = Literal["evicted", "per_client", "full", "slow_head", "slow_body", "slow_reader", "no_files"]


class Held(Protocol):
    """A connection that has a place."""

    @property
    def address(self) -> str:
        """Who it is from."""
        ...

    @property
    def waiting_since_s(self) -> float | None:
        """Since when (monotonic) we wait for what it sends; None: it is being answered."""
        ...


@dataclass(frozen=True, slots=True)
class Admission:
    """`refused` says why there is no place; else `evicted` has lost it, and health alone is answered there.

    `is_reserved`: the place is one of those kept for health and metrics.
    """

    refused: EndReason | None = None
    evicted: Held | None = None
    is_reserved: bool = False


class ConnectionPlaces:
    """The places of a server; belongs to its event loop. `is_proxy` says whose address stands for many."""

    def __init__(self, limits: ConnectionLimits, is_proxy: Callable[[str], bool]) -> None:
        self.limits = limits
        self._is_proxy = is_proxy
        self._held: set[Held] = set()
        self._of: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._held)

    def admit(self, newcomer: Held) -> Admission:
        """Give it a place if there is one to be had; the evicted one has lost its own when this returns."""
        admission = self._decide(newcomer)
        if admission.evicted is not None:
            self.leave(admission.evicted)
        if admission.refused is None:
            self._held.add(newcomer)
            self._of[newcomer.address] += 1
        return admission

    def leave(self, held: Held) -> None:
        """Free its place; nothing happens if it has none."""
        if held not in self._held:
            return
        self._held.remove(held)
        self._of[held.address] -= 1
        if not self._of[held.address]:
            del self._of[held.address]

    def _decide(self, newcomer: Held) -> Admission:
        if self._weight(newcomer) >= self.limits.per_client:
            slowest = self._slowest(held for held in self._held if held.address == newcomer.address)
            return Admission(evicted=slowest) if slowest else Admission(refused="per_client")
        if len(self._held) < self.limits.connections:
            return Admission()
        if slowest := self._slowest(iter(self._held)):
            return Admission(evicted=slowest)
        if len(self._held) < self.limits.connections + RESERVED:
            return Admission(is_reserved=True)
        return Admission(refused="full")

    def _weight(self, held: Held) -> int:
        """How many connections its address has; those of a proxy are of many clients."""
        return 0 if self._is_proxy(held.address) else self._of[held.address]

    def _slowest(self, among: Iterator[Held]) -> Held | None:
        waiting = [(-self._weight(held), at, held) for held in among if (at := held.waiting_since_s)]
        return min(waiting, key=lambda one: one[:2])[2] if waiting else None
