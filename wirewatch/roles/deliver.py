"""The deliver role: the outbox goes to the sinks, on an event loop in its own thread."""

import logging
import threading
from collections.abc import Callable, Sequence

from alerts.deliver import Deliver
from alerts.lane import Channel
from wirewatch.readiness import Verdict

logger = logging.getLogger(__name__)

_END_S = 9.0

NewDeliver = Callable[[Sequence[Channel]], Deliver]


class DeliverRole:
    """Runs the delivering loop; a reload of the sinks ends one and begins another."""

    name = "deliver"

    def __init__(self, new_channels: Callable[[], Sequence[Channel]], new_deliver: NewDeliver) -> None:
        self._new_channels = new_channels
        self._new_deliver = new_deliver
        self._deliver: Deliver | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to deliver to the sinks as they are configured now."""
        self._deliver = self._new_deliver(self._new_channels())
        self._thread = threading.Thread(target=_run, args=(self._deliver,), name="deliver", daemon=True)
        self._thread.start()

    def reload(self) -> None:
        """Go on with other sinks; what is being sent gets its time to end first."""
        self.stop()
        self.start()

    def wake(self) -> None:
        """Tell that deliveries were stored; from any thread."""
        if self._deliver is not None:
            self._deliver.wake()

    def stop(self) -> None:
        """Claim nothing more, let sends under way end, give the rest back."""
        if self._deliver is None or self._thread is None:
            return
        self._deliver.stop()
        self._thread.join(_END_S)

    def delivers(self) -> Verdict:
        """Whether the loop runs."""
        alive = self._thread is not None and self._thread.is_alive()
        return Verdict(alive, "delivering" if alive else "the delivering loop has ended")


def _run(deliver: Deliver) -> None:
    try:
        deliver.run()
    except Exception:
        logger.exception("delivering ended")
