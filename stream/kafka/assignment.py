"""Which partitions the group gives a consumer, told by kafka-python from a thread of its own."""

import threading
from collections.abc import Iterable
from typing import Any

from stream.kafka.client import ConsumerRebalanceListener


class Assignment(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python has no types
    """Pauses what comes, so that its first record waits until the reading thread has looked where to begin.

    The callbacks run on the client's I/O thread, where nothing may block, ask the broker, or touch a
    database: they note, and `take` tells the reading thread.
    """

    def __init__(self) -> None:
        self.client: Any = None
        self._lock = threading.Lock()
        self._arrived: set[Any] = set()
        self._has_changed = False

    def on_partitions_assigned(self, assigned: Iterable[Any]) -> None:
        """Hold the new ones back. Seeking to 0 keeps the client from asking for committed offsets itself."""
        arrived = set(assigned)
        for partition in arrived:
            self.client.pause(partition)
            self.client.seek(partition, 0)
        with self._lock:
            self._arrived |= arrived
            self._has_changed = self._has_changed or bool(arrived)

    def on_partitions_revoked(self, revoked: Iterable[Any]) -> None:
        """Forget them; their records that are still buffered the client drops."""
        gone = set(revoked)
        with self._lock:
            self._arrived -= gone
            self._has_changed = self._has_changed or bool(gone)

    def on_partitions_lost(self, lost: Iterable[Any]) -> None:
        """Like revoked: what we hold of them is refused at the commit."""
        self.on_partitions_revoked(lost)

    def waiting(self) -> list[Any]:
        """The partitions that are held back until `begun`."""
        with self._lock:
            return sorted(self._arrived)

    def begun(self, partition: Any) -> None:
        """Reading it may begin: hold it back no longer."""
        with self._lock:
            self._arrived.discard(partition)

    def take_change(self) -> bool:
        """Whether anything came or went since the last call."""
        with self._lock:
            has_changed, self._has_changed = self._has_changed, False
            return has_changed
