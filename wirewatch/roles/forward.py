"""Forwarding, beside the ingest role: the local log goes to Kafka, in one thread."""

import threading

from stream.forward import Forwarder
from stream.log import Producer
from wirewatch.readiness import Verdict

_END_S = 5.0


class ForwardRole:
    """Runs the forwarding loop."""

    name = "forward"

    def __init__(self, forwarder: Forwarder, producer: Producer) -> None:
        self._forwarder = forwarder
        self._producer = producer
        self._stop = threading.Event()
        self._thread = threading.Thread(target=forwarder.run, args=(self._stop,), name="forward", daemon=True)

    def start(self) -> None:
        """Begin to forward."""
        self._thread.start()

    def stop(self) -> None:
        """End what is under way: what Kafka has not acknowledged stays in the log."""
        self._stop.set()
        self._thread.join(1.0)
        self._producer.close()
        self._thread.join(_END_S)

    def flows(self) -> Verdict:
        """Whether Kafka took what it was last given."""
        flows = self._thread.is_alive() and self._forwarder.is_flowing
        return Verdict(
            flows, "events flow to Kafka" if flows else "Kafka takes no events, they wait in the log"
        )
