"""One connection of a consumer to its group: what it may read, where it begins, what it told the group."""

import contextlib
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from stream.errors import CommitRefusedError, LogUnavailableError, PositionLostError, StreamError
from stream.kafka.assignment import Assignment
from stream.kafka.client import (
    CooperativeStickyAssignor,
    KafkaConsumer,
    OffsetAndMetadata,
    TopicPartition,
    connect,
    kafka_errors,
    speaking,
    topic_id,
)
from stream.kafka.options import KafkaOptions

_FETCH_BYTES = 16 * 1024 * 1024
_PARTITION_BYTES = 2 * 1024 * 1024
_LONGEST_HEARTBEAT_S = 1.0  # live readers learn of a rebalance by it, and each of its rounds waits for all
_SHORTEST_REBALANCE_S = 10.0
_ASK_MS = 10_000
_TOPIC_CHECK_MS = 5_000  # fetches go by name, and would go on in the middle of a topic that was made anew
_CLOSE_MS = 2_000
_PROBE_AFTER_S = 5.0
_REFUSED = (
    kafka_errors.CommitFailedError,
    kafka_errors.IllegalGenerationError,
    kafka_errors.RebalanceInProgressError,
    kafka_errors.UnknownMemberIdError,
)


class NameTakenError(StreamError):
    """A process of the same `member` name has joined: this one must not read on, nor join again."""


class Membership:
    """A connected client. Raises LogUnavailableError when no broker answers; afterwards it is usable still.

    After any other error it must be closed: kafka-python may go on in a state that nobody has thought of.
    """

    def __init__(self, options: KafkaOptions, topic: str, group: str) -> None:
        self._topic = topic
        self._group = group
        self._assignment = Assignment()
        self._is_named = bool(options.member)
        self._topic_id: object = None
        self._committed: dict[int, int] = {}  # of each assigned partition, as far as we know
        self._unread: set[int] = set()  # whole, and never read by the group: a position in it is of another
        self._lost: set[int] = set()
        self._heard_at = time.monotonic()
        self.lags: dict[int, int] = {}
        self._client = connect(
            KafkaConsumer,
            options,
            group_id=group,
            group_instance_id=f"{options.member}.{group}" if options.member else None,
            partition_assignment_strategy=[CooperativeStickyAssignor()],
            enable_auto_commit=False,
            auto_offset_reset="none",
            allow_auto_create_topics=False,
            metadata_max_age_ms=_TOPIC_CHECK_MS,
            session_timeout_ms=int(options.session_timeout_s * 1000),
            heartbeat_interval_ms=int(min(_LONGEST_HEARTBEAT_S, options.session_timeout_s / 4) * 1000),
            # So long Kafka waits, before it shares out anew, for a reader that lives but does not poll: the
            # client's five minutes would be five for the whole group.
            max_poll_interval_ms=int(max(_SHORTEST_REBALANCE_S, options.session_timeout_s) * 1000),
            fetch_max_bytes=_FETCH_BYTES,
            max_partition_fetch_bytes=_PARTITION_BYTES,
            metrics_enabled=False,
        )
        self._assignment.client = self._client
        try:
            self._client.subscribe([topic], listener=self._assignment)
            self._require_topic()
            self._require_same_topic()
        except BaseException:
            self.close()
            raise

    @property
    def assigned(self) -> frozenset[int]:
        """The partitions whose position is known and whose records come."""
        return frozenset(self._committed)

    def fetch(self, max_records: int, timeout_s: float) -> tuple[list[Any], bool]:
        """Return messages as kafka-python has them, and whether the assignment changed.

        When it did, none of the new partitions' messages are among them. Raises PositionLostError as the
        contract says.
        """
        self._raise_lost()
        found = self._poll(max_records, int(timeout_s * 1000))
        self._require_same_topic()
        messages = [message for batch in found.values() for message in batch]
        has_changed = self._assignment.take_change()
        if has_changed or self._assignment.waiting():
            self._take_up()
            return messages, True
        if messages:
            self._heard_at = time.monotonic()
            self._note_lags()
        else:
            self._probe()
        return messages, False

    @property
    def topic_id(self) -> str:
        """The identity of the topic as last heard; empty where brokers have none (before Kafka 2.8)."""
        return str(self._topic_id or "")

    def seek(self, partition: int, offset: int, lineage: str | None = None) -> None:
        """Go on at `offset`, which is one of the topic that `lineage` names.

        Where it names none, only the beginning is a position in a topic that the group has never read.
        """
        known = self.topic_id and lineage
        if (known and lineage != self.topic_id) or (not known and partition in self._unread and offset > 0):
            self._lost.add(partition)
        else:
            self._client.seek(TopicPartition(self._topic, partition), offset)

    def commit(self, positions: Mapping[int, int]) -> None:
        """Tell the group, as the contract of `Consumer.commit` says."""
        if gone := positions.keys() - self._committed.keys():
            raise CommitRefusedError(f"partitions {sorted(gone)} are not ours any more")
        ahead = {p: offset for p, offset in positions.items() if offset > self._committed[p]}
        self._require_within(ahead)
        if ahead:
            self._tell(ahead)

    def close(self) -> None:
        """Leave the group and release the connection."""
        with contextlib.suppress(Exception):
            self._client.close(autocommit=False, timeout_ms=_CLOSE_MS)

    def _poll(self, max_records: int, timeout_ms: int) -> dict[Any, list[Any]]:
        try:
            found: dict[Any, list[Any]] = self._client.poll(timeout_ms=timeout_ms, max_records=max_records)
        except kafka_errors.OffsetOutOfRangeError as error:
            raise self._gone_on({tp.partition: at for tp, at in error.args[0].items()}) from error
        except kafka_errors.LogTruncationError as error:
            raise self._cut_back(error.divergent_offsets) from error
        return found

    def _gone_on(self, wanted: Mapping[int, int]) -> PositionLostError:
        begins = self._ask(self._client.beginning_offsets, wanted)
        for partition, offset in begins.items():
            self._client.seek(TopicPartition(self._topic, partition), offset)
        is_removed = all(offset < begins[partition] for partition, offset in wanted.items())
        return PositionLostError(
            "retention" if is_removed else "replaced",
            frozenset(wanted),
            f"{self._topic} has nothing at {wanted}, reading on at {begins}",
        )

    def _cut_back(self, ends: Mapping[Any, Any]) -> PositionLostError:
        begins = self._ask(self._client.beginning_offsets, [tp.partition for tp in ends])
        for tp, end in ends.items():
            self._client.seek(tp, begins[tp.partition] if end is None else end.offset)
        partitions = frozenset(tp.partition for tp in ends)
        return PositionLostError("truncated", partitions, f"{self._topic} lost records that we had read")

    def _raise_lost(self) -> None:
        lost = frozenset(self._lost)
        if lost:
            self._begin_again(lost)
        self._lost.clear()
        self._unread.clear()
        if lost:
            raise PositionLostError(
                "replaced", lost, f"{self._topic} is not the topic that {self._group} has read"
            )

    def _require_same_topic(self) -> None:
        before, now = self._topic_id, topic_id(self._client, self._topic)
        is_other = bool(before and now and before != now)
        if is_other:
            self._begin_again(self.assigned)
        self._topic_id = now or before
        if is_other:
            raise PositionLostError("replaced", self.assigned, f"{self._topic} was deleted and made anew")

    def _begin_again(self, partitions: Iterable[int]) -> None:
        """Tell the group so: what it was told meanwhile, of offsets in a topic that is gone, is void."""
        self._tell(self._ask(self._client.beginning_offsets, partitions))

    def _take_up(self) -> None:
        """Find where each new partition begins, then let its records come."""
        for partition in self._committed.keys() - {tp.partition for tp in self._client.assignment()}:
            del self._committed[partition]
            self.lags.pop(partition, None)
        waiting = self._assignment.waiting()
        begins = self._ask(self._client.beginning_offsets, [tp.partition for tp in waiting])
        for tp in waiting:
            committed = self._client.committed(tp, timeout_ms=_ASK_MS)
            begin = begins[tp.partition] if committed is None else committed
            self._client.seek(tp, begin)
            self._committed[tp.partition] = begin
            if committed is None:
                self._begin_reading(tp.partition, begin)
            self._assignment.begun(tp)
            self._client.resume(tp)
        self._note_ends()

    def _begin_reading(self, partition: int, begin: int) -> None:
        """Leave a mark in the group: without one, a topic that has lost nothing is one it has never read."""
        if begin == 0:
            self._unread.add(partition)
        with contextlib.suppress(StreamError):
            self._tell({partition: begin})

    def _tell(self, positions: Mapping[int, int]) -> None:
        offsets = {
            TopicPartition(self._topic, partition): OffsetAndMetadata(offset, "", -1)
            for partition, offset in positions.items()
        }
        try:
            with speaking(f"commit to {self._group}"):
                self._client.commit(offsets, timeout_ms=_ASK_MS)
        except StreamError as error:
            if isinstance(error.__cause__, kafka_errors.FencedInstanceIdError):
                raise NameTakenError(f"another process has joined {self._group} under our name") from error
            if isinstance(error.__cause__, _REFUSED):
                raise CommitRefusedError(str(error)) from error
            raise
        self._committed.update(positions)

    def _require_within(self, positions: Mapping[int, int]) -> None:
        unsure = [p for p, offset in positions.items() if offset > self._position(p)]
        if not unsure:
            return
        with speaking(f"look at the end of {self._topic}"):
            ends = self._ask(self._client.end_offsets, unsure)
        for partition, end in ends.items():
            if positions[partition] > end:
                raise StreamError(f"partition {partition} ends at {end}, before {positions[partition]}")

    def _note_lags(self) -> None:
        for partition in self._committed:
            end = self._client.highwater(TopicPartition(self._topic, partition))
            if end is not None:
                self.lags[partition] = max(0, end - self._position(partition))

    def _note_ends(self) -> None:
        self._heard_at = time.monotonic()
        for partition, end in self._ask(self._client.end_offsets, self._committed).items():
            self.lags[partition] = max(0, end - self._position(partition))

    def _position(self, partition: int) -> int:
        return int(self._client.position(TopicPartition(self._topic, partition), timeout_ms=0) or 0)

    def _probe(self) -> None:
        """Ask for the ends when nothing came for a while: a client without a broker only keeps still."""
        if time.monotonic() - self._heard_at < _PROBE_AFTER_S:
            return
        self._require_topic()
        if not self._committed:
            self._ask(self._client.end_offsets, [0])
        if self._is_named and self._committed:
            self._tell(self._committed)  # the only answer by which we learn that our name was taken
        self._note_ends()

    def _require_topic(self) -> None:
        """Know the topic before joining: a leader that does not gives everybody no partitions."""
        with speaking(f"look for {self._topic}"):
            found = self._client.partitions_for_topic(self._topic)
        if not found:
            raise LogUnavailableError(f"there is no topic {self._topic}: `wirewatch kafka init` makes it")

    def _ask(self, question: Callable[..., Any], partitions: Iterable[int]) -> dict[int, int]:
        asked = [TopicPartition(self._topic, partition) for partition in partitions]
        if not asked:
            return {}
        return {tp.partition: offset for tp, offset in question(asked, timeout_ms=_ASK_MS).items()}
