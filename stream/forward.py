"""Publishing the local log to Kafka, so that no outage of Kafka ever stops what fills the local log."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from stream.errors import LogUnavailableError
from stream.log import Consumer, Record

logger = logging.getLogger(__name__)

GROUP = "forward"

_MAX_RECORDS = 2_000
_POLL_S = 0.5
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.25, 2.0


class Target(Protocol):
    """Where records go."""

    def forward(self, records: Sequence[Record]) -> int:
        """Publish them durably, in order; return how many could only be published as damaged."""
        ...


class ForwardMetrics(Protocol):
    """Who counts."""

    def count_forwarded(self, whole: int, damaged: int) -> None:
        """Count records that were published."""
        ...

    def count_unavailable(self, who: str) -> None:
        """Count a try that failed."""
        ...


class Forwarder:
    """Runs in one thread; `is_flowing` may be read from any. The local log keeps what has not gone yet."""

    def __init__(self, source: Callable[[], Consumer], target: Target, metrics: ForwardMetrics) -> None:
        self._source = source
        self._target = target
        self._metrics = metrics
        self._consumer: Consumer | None = None
        self.is_flowing = False

    def run(self, stop: threading.Event) -> None:
        """Forward until `stop` is set; a failed round is logged, counted and repeated, never the end."""
        pause_s = _FIRST_PAUSE_S
        while not stop.is_set():
            try:
                self.step()
            except Exception as error:  # noqa: BLE001 - the loop's top: it goes on whatever happens
                if stop.is_set():
                    break
                self._failed(error, pause_s)
                stop.wait(pause_s)
                pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
            else:
                self._flows()
                pause_s = _FIRST_PAUSE_S
        self._leave()

    def step(self) -> int:
        """Forward one batch; returns how many records it had.

        1. poll the local log; a crash reads again.
        2. publish, and wait until Kafka has all of it; a crash publishes again, and readers know it.
        3. commit the local position, from which on the local log's retention may take them; a crash
           publishes again.
        """
        if self._consumer is None:
            self._consumer = self._source()
        records = self._consumer.poll(_MAX_RECORDS, _POLL_S)
        if not records and self.is_flowing:
            return 0
        try:  # without records too, until it flows: so that it is known whether it would
            damaged = self._target.forward(records)
        except BaseException:
            for partition, offset in _begins(records).items():
                self._consumer.seek(partition, offset)
            raise
        self._metrics.count_forwarded(len(records) - damaged, damaged)
        self._consumer.commit({record.partition: record.offset + 1 for record in records})
        return len(records)

    def _failed(self, error: Exception, pause_s: float) -> None:
        self._metrics.count_unavailable("forwarder")
        if not isinstance(error, LogUnavailableError):
            logger.error("forwarding failed, will be repeated", exc_info=error, extra={"pause_s": pause_s})
            self._leave()
        elif self.is_flowing or pause_s == _FIRST_PAUSE_S:
            logger.warning("Kafka does not take events, they wait in the log", extra={"reason": str(error)})
        self.is_flowing = False

    def _flows(self) -> None:
        if not self.is_flowing:
            logger.info("events flow to Kafka")
        self.is_flowing = True

    def _leave(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.close()


def _begins(records: Sequence[Record]) -> dict[int, int]:
    """The first offset of each partition."""
    return {record.partition: record.offset for record in reversed(records)}
