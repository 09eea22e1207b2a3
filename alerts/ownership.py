"""Which partitions a matcher owns, and from where it reads each: our position, where we have one."""

import contextlib
from collections.abc import Collection, Mapping, Sequence

from alerts.store.ledger import UNKNOWN, Ledger, Position
from stream.errors import StreamError
from stream.log import Consumer, Record
from stream.timing import Clock


class Ownership:
    """The partitions of one matcher; used by its thread alone.

    To own one is to have raised its epoch in the ledger: whoever owned it before can no longer commit.
    """

    def __init__(self, consumer: Consumer, ledger: Ledger, clock: Clock) -> None:
        self._consumer = consumer
        self._ledger = ledger
        self._clock = clock
        self._owned: dict[int, Position] = {}
        self._met: set[int] = set()  # partitions that were ours at some time: to adopt them again is no start
        self._untold: set[int] = set()  # partitions of which the log has yet to hear our position
        self._began: dict[int, int] = {}  # first offset polled of a partition nobody had a position for

    @property
    def positions(self) -> Mapping[int, Position]:
        """Where we stand, by partition."""
        return self._owned

    def adopt(self, assigned: frozenset[int]) -> frozenset[int]:
        """Own what is assigned, let go of what is not; returns the partitions that were sought anew."""
        lost = {partition: self._owned.pop(partition) for partition in self._owned.keys() - assigned}
        self._let_go(lost)
        for partition in lost:
            self._began.pop(partition, None)
        sought: set[int] = set()
        for partition in sorted(assigned - self._owned.keys()):
            position = self._ledger.adopt(partition, self._clock(), is_start=partition not in self._met)
            self._met.add(partition)
            if position.next_offset != UNKNOWN:
                self._consumer.seek(partition, position.next_offset, position.lineage)
                sought.add(partition)
            self._owned[partition] = position
        self._untold |= sought
        return frozenset(sought)

    def wanted(self, records: Sequence[Record]) -> list[Record]:
        """Leave out what was stored before, and what was polled from where the log, not we, stood."""
        unowned = {record.partition for record in records} - self._owned.keys()
        sought = self.adopt(frozenset(self._owned.keys() | unowned)) if unowned else frozenset()
        wanted = []
        for record in records:
            position = self._owned[record.partition]
            if record.partition not in sought and record.offset >= position.next_offset:
                wanted.append(record)
            if position.next_offset == UNKNOWN:
                self._began.setdefault(record.partition, record.offset)
        return wanted

    def advance(self, advanced: Mapping[int, Position]) -> None:
        """Note what a commit has moved."""
        self._owned |= advanced
        self._untold |= advanced.keys()

    def untold(self) -> dict[int, int]:
        """Our offsets in partitions of which the log has not heard since they moved; each once."""
        found = {
            partition: self._owned[partition].next_offset for partition in self._untold & self._owned.keys()
        }
        self._untold.clear()
        return found

    def void(self, partitions: Collection[int]) -> None:
        """Let the log decide anew where partitions begin, which it no longer has at our positions.

        1. void the positions; a crash before that finds them lost again.
        2. own them anew at the next step, from where the log goes on.
        """
        self._ledger.forget(partitions, self._clock())
        for partition in partitions:
            self._owned.pop(partition, None)
            self._began.pop(partition, None)

    def forget(self) -> None:
        """Trust nothing we remember: the next step reads the positions and seeks to them."""
        self._owned.clear()
        # A partition without a position of ours is sought to where the log had begun it.
        for partition in self._began.keys() & self._consumer.assignment():
            with contextlib.suppress(StreamError):  # lost meanwhile: whoever has it begins where the log says
                self._consumer.seek(partition, self._began[partition])
        self._began.clear()

    def end(self) -> None:
        """Let go of everything: this process ends in order."""
        self._let_go(self._owned)

    def _let_go(self, owned: Mapping[int, Position]) -> None:
        """Say that we did not die; where that cannot be said, it costs a search for what killed us."""
        with contextlib.suppress(StreamError):
            if owned:
                self._ledger.let_go(owned)
