"""A consumer of the log on Kafka."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from stream.errors import LogUnavailableError, PositionLostError, StreamError
from stream.kafka.client import speaking
from stream.kafka.decoding import record_of
from stream.kafka.membership import Membership, NameTakenError
from stream.kafka.metrics import KafkaMetrics
from stream.kafka.options import KafkaOptions
from stream.log import Record

_STOP_S = 3.0
_LOOK_EVERY_S = 0.1


class TopicConsumer:
    """Reads the partitions that its group gives it; for one thread at a time.

    It joins the group at the first `poll`, so that it can be made while no broker answers. It begins a
    partition where the group has committed, at the oldest record where it never has; the caller may `seek`
    as soon as `assignment` shows it.
    """

    def __init__(
        self, options: KafkaOptions, topic: str, group: str, metrics: KafkaMetrics | None = None
    ) -> None:
        self._options = options
        self._topic = topic
        self._group = group
        self._metrics = metrics
        self._membership: Membership | None = None
        self._busy = threading.Lock()
        self._refusal: NameTakenError | None = None
        self._is_closed = False

    def poll(self, max_records: int, timeout_s: float) -> list[Record]:
        """Return the next records, in order within a partition; empty on time-out or new assignment.

        Raises LogUnavailableError when no broker answers for some seconds, and PositionLostError when the log
        no longer has our position: it then goes on at the oldest record.
        """
        with self._alone(), self._mending(), speaking(f"read {self._topic}"):
            until = time.monotonic() + timeout_s
            membership = self._joined()
            while True:
                # In slices: the client goes on waiting for records when its assignment has changed.
                left_s = min(_LOOK_EVERY_S, max(0.0, until - time.monotonic()))
                messages, has_changed = membership.fetch(max_records, left_s)
                if messages or has_changed or time.monotonic() >= until:
                    return [record_of(message, membership.topic_id) for message in messages]

    def seek(self, partition: int, offset: int, lineage: str | None = None) -> None:
        """Read `partition` from `offset` next. Raises StreamError for one that is not assigned.

        An offset that the log does not have, or one of another topic of that name, makes a `poll` after it
        raise PositionLostError.
        """
        self._require_open()
        if self._membership is None or partition not in self._membership.assigned:
            raise StreamError(f"partition {partition} is not assigned to this consumer")
        self._membership.seek(partition, offset, lineage)

    def commit(self, positions: Mapping[int, int]) -> None:
        """Tell the group the next offsets to read, never backwards.

        Raises CommitRefusedError when the group has given one of the partitions to another consumer,
        StreamError for a position past the end, LogUnavailableError when no broker answers.
        """
        self._require_open()
        if self._membership is None:
            raise LogUnavailableError(f"not connected to {self._topic}")
        try:
            self._membership.commit(positions)
        except NameTakenError as error:
            self._refusal = error
            raise

    def assignment(self) -> frozenset[int]:
        """The partitions this consumer reads now; empty while others of its group read them all."""
        return self._membership.assigned if self._membership else frozenset()

    def lag_records(self) -> dict[int, int]:
        """Records not yet polled, by assigned partition, as the last `poll` saw them; from any thread."""
        return dict(self._membership.lags) if self._membership else {}

    def close(self) -> None:
        """Leave the group (a static member stays until its session ends); nothing is committed by it."""
        self._is_closed = True
        is_ours = self._busy.acquire(timeout=_STOP_S)  # a poll in another thread ends first
        self._leave()
        if is_ours:
            self._busy.release()

    def _joined(self) -> Membership:
        if self._membership is None:
            self._membership = Membership(self._options, self._topic, self._group)
        return self._membership

    def _leave(self) -> None:
        membership, self._membership = self._membership, None
        if membership is not None:
            membership.close()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """kafka-python lets several threads poll one consumer, and mixes up their records without a word."""
        self._require_open()
        if not self._busy.acquire(blocking=False):
            raise StreamError("another thread polls this consumer")
        try:
            yield
        finally:
            self._busy.release()

    @contextmanager
    def _mending(self) -> Iterator[None]:
        """Join anew after an error, unless it is one that time mends: leaving would only move partitions."""
        if self._refusal is not None:
            raise NameTakenError(str(self._refusal))
        try:
            yield
        except LogUnavailableError:
            self._count_unavailable()
            raise
        except PositionLostError as lost:
            if self._metrics:
                self._metrics.count_lost(lost.reason, len(lost.partitions))
            if lost.reason == "replaced":
                self._leave()
            raise
        except NameTakenError as error:
            self._refusal = error
            raise
        except Exception:
            self._leave()
            raise

    def _count_unavailable(self) -> None:
        if self._metrics:
            self._metrics.count_unavailable("consumer")

    def _require_open(self) -> None:
        if self._is_closed:
            raise StreamError("this consumer is closed")
