"""How long a partition stands still while there is something to read on it."""

import threading
import time
from dataclasses import dataclass
from typing import Self

import psycopg

from stream.kafka.client import KafkaConsumer, TopicPartition, connect
from stream.kafka.options import KafkaOptions

_LOOK_EVERY_S = 0.25


@dataclass(frozen=True, slots=True)
class Stall:
    """A partition stood still, though something was there to read, from `began_s` (monotonic) on."""

    partition: int = 0
    began_s: float = 0.0
    seconds: float = 0.0


class Progress:
    """Watches positions and log ends in a thread of its own; the broker and the database must stay up."""

    def __init__(self, bootstrap: str, database_url: str, topic: str = "articles") -> None:
        options = KafkaOptions(bootstrap_servers=bootstrap)
        self._consumer = connect(KafkaConsumer, options, enable_auto_commit=False, group_id=None)
        self._connection = psycopg.connect(database_url, autocommit=True)
        self._topic = topic
        self._positions: dict[int, int] = {}
        self._moved_at: dict[int, float] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="progress", daemon=True)
        self.longest = Stall()
        self.looks = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._consumer.close()
        self._connection.close()

    def _run(self) -> None:
        while not self._stop.wait(_LOOK_EVERY_S):
            self._look(time.monotonic())

    def _look(self, now_s: float) -> None:
        numbers = self._consumer.partitions_for_topic(self._topic) or ()
        ends = self._consumer.end_offsets([TopicPartition(self._topic, number) for number in numbers])
        rows = self._connection.execute("SELECT partition, next_offset FROM positions").fetchall()
        positions = {int(partition): int(offset) for partition, offset in rows}
        for place, end in ends.items():
            self._note(place.partition, positions.get(place.partition, -1), end, now_s)
        self.looks += 1

    def _note(self, partition: int, position: int, end: int, now_s: float) -> None:
        has_moved = position != self._positions.get(partition)
        if has_moved or max(position, 0) >= end:
            self._positions[partition] = position
            self._moved_at[partition] = now_s
        moved_at = self._moved_at.setdefault(partition, now_s)
        if now_s - moved_at > self.longest.seconds:
            self.longest = Stall(partition, moved_at, now_s - moved_at)
