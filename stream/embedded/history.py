"""The log's history as a chain of epochs, and where two histories part. Pure.

Offsets alone do not say which log they are of: a log that was lost begins again at 1, and one restored from
a backup goes on with other records under offsets that were read before. So every process that appends begins
an epoch with its first record: a random name, and the offset at which it began. Who has read up to an offset
keeps the newest epochs up to there; what both histories share ends where they last agree, as for Kafka's
leader epochs (KIP-101, KIP-320).

Records from before there were epochs are of the one named "", which only a log from that time has.
"""

import secrets
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

FIRST_OFFSET = 1

_KEPT = 16  # of a reader's chain: who has lost more than that reads from the oldest record


@dataclass(frozen=True, slots=True)
class Epoch:
    """What one process appended: from `begin` to where the next epoch begins, or the log ends."""

    name: str
    begin: int


def new_name() -> str:
    """Name an epoch as no other is named: 64 random bits."""
    return secrets.token_hex(8)


class Chain:
    """The epochs of a log as they were at one instant, oldest first."""

    def __init__(self, epochs: Sequence[Epoch]) -> None:
        self._epochs = tuple(epochs)
        self._begins = [epoch.begin for epoch in epochs]
        self._lineages: dict[int, str] = {}

    def lineage(self, offset: int) -> str:
        """The newest epochs of the records below `offset`: what a reader keeps beside its position."""
        count = bisect_left(self._begins, offset)
        if count not in self._lineages:
            newest = reversed(self._epochs[max(0, count - _KEPT) : count])
            self._lineages[count] = " ".join(f"{epoch.name}@{epoch.begin}" for epoch in newest)
        return self._lineages[count]

    def shared(self, offset: int, lineage: str, end: int) -> int:
        """Where a reader that stands at `offset` goes on: there, or where its history parts from the log's.

        `lineage` is what it keeps; empty: from before there were epochs. `end` is the offset that the next
        record gets.
        """
        if offset <= FIRST_OFFSET:
            return offset
        ends = dict(zip((epoch.name for epoch in self._epochs), [*self._begins, end][1:], strict=True))
        until = offset
        for epoch in _parsed(lineage):
            if epoch.name in ends:
                return min(until, ends[epoch.name])
            until = epoch.begin
        return FIRST_OFFSET


def _parsed(lineage: str) -> list[Epoch]:
    """The epochs of a lineage, newest first; of one that cannot be read none."""
    found = []
    for word in lineage.split() or [f"@{FIRST_OFFSET}"]:
        name, _, begin = word.partition("@")
        if not begin.isdecimal():
            return []
        found.append(Epoch(name, int(begin)))
    return found
