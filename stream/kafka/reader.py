"""Reading a topic without a group, for who keeps the positions himself."""

import contextlib
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from stream.errors import LogUnavailableError, PositionLostError
from stream.kafka.client import KafkaConsumer, TopicPartition, connect, kafka_errors, speaking, topic_id
from stream.kafka.decoding import record_of
from stream.kafka.options import Connection
from stream.log import Record

_ASK_MS = 10_000
_TOPIC_CHECK_MS = 5_000
_FETCH_BYTES = 16 * 1024 * 1024
_PARTITION_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Read:
    """Some records, and where to go on once they are safe: positions by partition, all of the topic's."""

    records: tuple[Record, ...]
    positions: Mapping[int, int]
    topic_id: str


class TopicReader:
    """Reads every partition of a topic; for one thread at a time. Its connection ends with it."""

    def __init__(self, options: Connection, topic: str) -> None:
        self._options = options
        self._topic = topic
        self._client: Any = None

    def read(
        self,
        positions: Mapping[int, int],
        *,
        max_records: int,
        timeout_s: float,
        new: Literal["oldest", "newest"] = "oldest",
    ) -> Read:
        """Read on from `positions`; a partition that is not among them begins at its `new` end.

        Returns without records when none came in time. Raises LogUnavailableError when no broker answers or
        there is no such topic, PositionLostError (`retention`, `replaced`) when a position is not in it.
        """
        try:
            with speaking(f"read {self._topic}"):
                return self._read(positions, max_records, timeout_s, new)
        except PositionLostError:
            raise
        except BaseException:
            self._drop()
            raise

    def _read(self, positions: Mapping[int, int], max_records: int, timeout_s: float, new: str) -> Read:
        client = self._connected()
        begin = self._begin(client, positions, new)
        found: list[Any] = []
        until = time.monotonic() + timeout_s
        while not found and time.monotonic() < until:
            left_ms = max(0, int((until - time.monotonic()) * 1000))
            polled = self._poll(client, min(left_ms, 500), max_records)
            found = [message for batch in polled.values() for message in batch]
        if not found:  # a client without a broker only keeps still
            self._ends(client, client.end_offsets)
        after = {**begin, **{message.partition: message.offset + 1 for message in found}}
        identity = str(topic_id(client, self._topic) or "")
        return Read(tuple(record_of(message) for message in found), after, identity)

    def _begin(self, client: Any, positions: Mapping[int, int], new: str) -> dict[int, int]:
        """Put the client where the caller stands, and keep what it has fetched if it stands there already."""
        assigned = client.assignment()
        partitions = self._partitions(client)
        if {tp.partition for tp in assigned} != partitions:
            client.assign([TopicPartition(self._topic, partition) for partition in sorted(partitions)])
            assigned = frozenset()
        begin = {partition: positions[partition] for partition in partitions & positions.keys()}
        if fresh := partitions - positions.keys():
            begin |= self._ends(
                client, client.beginning_offsets if new == "oldest" else client.end_offsets, fresh
            )
        for partition, offset in begin.items():
            tp = TopicPartition(self._topic, partition)
            if not assigned or client.position(tp, timeout_ms=0) != offset:
                client.seek(tp, offset)
        return begin

    def _poll(self, client: Any, timeout_ms: int, max_records: int) -> dict[Any, list[Any]]:
        try:
            found: dict[Any, list[Any]] = client.poll(timeout_ms=timeout_ms, max_records=max_records)
        except kafka_errors.OffsetOutOfRangeError as error:
            wanted = {tp.partition: offset for tp, offset in error.args[0].items()}
            begins = self._ends(client, client.beginning_offsets, wanted)
            is_removed = all(offset < begins[partition] for partition, offset in wanted.items())
            raise PositionLostError(
                "retention" if is_removed else "replaced",
                frozenset(wanted),
                f"{self._topic} has nothing at {wanted}",
            ) from error
        return found

    def _partitions(self, client: Any) -> set[int]:
        found: set[int] = client.partitions_for_topic(self._topic)
        if not found:
            raise LogUnavailableError(f"there is no topic {self._topic}")
        return found

    def _ends(self, client: Any, question: Any, partitions: Any = None) -> dict[int, int]:
        asked = self._partitions(client) if partitions is None else partitions
        places = [TopicPartition(self._topic, partition) for partition in asked]
        return {tp.partition: offset for tp, offset in question(places, timeout_ms=_ASK_MS).items()}

    def _connected(self) -> Any:
        if self._client is None:
            self._client = connect(
                KafkaConsumer,
                self._options,
                auto_offset_reset="none",
                enable_auto_commit=False,
                allow_auto_create_topics=False,
                metadata_max_age_ms=_TOPIC_CHECK_MS,
                fetch_max_bytes=_FETCH_BYTES,
                max_partition_fetch_bytes=_PARTITION_BYTES,
                metrics_enabled=False,
            )
            self._end = weakref.finalize(self, _close, self._client)
        return self._client

    def _drop(self) -> None:
        if self._client is not None:
            self._client = None
            self._end()


def _close(client: Any) -> None:
    with contextlib.suppress(Exception):
        client.close(autocommit=False, timeout_ms=1_000)
