"""The alerts role: records become matches and outbox rows, in one thread."""

import threading

from alerts.consume import Consume
from stream.log import Consumer
from wirewatch.readiness import Verdict

_END_S = 5.0


class AlertsRole:
    """Runs the consuming loop."""

    name = "alerts"

    def __init__(self, consume: Consume, consumer: Consumer) -> None:
        self._consume = consume
        self._consumer = consumer
        self._stop = threading.Event()
        self._thread = threading.Thread(target=consume.run, args=(self._stop,), name="alerts", daemon=True)

    def start(self) -> None:
        """Begin to read the log."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the batch under way and leave the group."""
        self._stop.set()
        self._thread.join(_END_S)
        self._consumer.close()

    def reads(self) -> Verdict:
        """Whether the last batch went through."""
        alive = self._thread.is_alive() and self._consume.is_ready
        return Verdict(alive, "reading the log" if alive else "the last batch failed, or none was read yet")
