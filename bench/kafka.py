"""The log on Kafka against bare loops of kafka-python in the same run, on a broker started for it.

Events a second of processor time of this process (`/core`), so that the broker beside it does not count.
Without Java and Maven, and without KAFKA_BOOTSTRAP_SERVERS, it says so and measures nothing.
"""

import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from bench.goals import Goal, tell
from bench.log import article
from stream.db import Database
from stream.event import ArticleEvent, decode, encode
from stream.forward import GROUP, Forwarder
from stream.kafka.client import KafkaConsumer, KafkaProducer, TopicPartition, connect
from stream.kafka.metrics import KafkaMetrics
from stream.kafka.options import KafkaOptions, TopicOptions
from stream.kafka.topics import open_topics, plan
from stream.kafka_log import KafkaLog
from stream.log import Consumer
from stream.sqlite_log import SqliteLog

EVENTS = 60_000
BATCH = 500
_SCRIPT = Path(__file__).parents[1] / "scripts" / "kafka-broker"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    name: str
    events: int
    seconds: float
    cpu_s: float

    @property
    def per_core(self) -> float:
        """Events a second of processor time."""
        return self.events / self.cpu_s

    def row(self) -> str:
        """For people."""
        wall = self.events / self.seconds
        return f"{self.name:44}{self.per_core:12,.0f}/core{wall:12,.0f}/s"


def measured(name: str, work: Callable[[], int]) -> Figure:
    began, cpu = time.monotonic(), time.process_time()
    events = work()
    return Figure(name, events, time.monotonic() - began, time.process_time() - cpu)


@contextmanager
def broker() -> Iterator[str | None]:
    """The address of a broker: one that is given, or one of our own for as long as this runs."""
    if given := os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        yield given
        return
    if shutil.which("java") is None or shutil.which("mvn") is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "kafka"
        subprocess.run(
            [str(_SCRIPT), "start", str(place), "--while", str(os.getpid())],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        try:
            yield (place / "bootstrap").read_text()
        finally:
            subprocess.run([str(_SCRIPT), "stop", str(place)], check=True)


def new_topic(servers: str, partitions: int = 1) -> KafkaOptions:
    options = KafkaOptions(bootstrap_servers=servers, topic=f"bench-{uuid.uuid4().hex}", connect_timeout_s=30)
    with open_topics(options) as topics:
        topics.create(plan(options.topic, TopicOptions(partitions=partitions), 1))
    return options


def bare_produce(options: KafkaOptions, events: Sequence[ArticleEvent]) -> int:
    """What the client alone can do: encode, send with key, the same compression, wait for all."""
    client = connect(
        KafkaProducer,
        options,
        acks="all",
        compression_type="zstd",
        linger_ms=5,
        batch_size=256 * 1024,
        metrics_enabled=False,
    )
    for begin in range(0, len(events), BATCH):
        for event in events[begin : begin + BATCH]:
            client.send(options.topic, value=encode(event), key=event.key.encode())
        client.flush()
    client.close()
    return len(events)


def our_produce(options: KafkaOptions, events: Sequence[ArticleEvent]) -> int:
    producer = KafkaLog(options).producer()
    for begin in range(0, len(events), BATCH):
        producer.append(events[begin : begin + BATCH])
    producer.close()
    return len(events)


def bare_consume(options: KafkaOptions, count: int) -> int:
    client: Any = connect(
        KafkaConsumer,
        options,
        auto_offset_reset="earliest",
        group_id=uuid.uuid4().hex,
        enable_auto_commit=False,
        metrics_enabled=False,
    )
    numbers = client.partitions_for_topic(options.topic) or ()
    client.assign([TopicPartition(options.topic, number) for number in numbers])
    taken = 0
    while taken < count:
        for batch in client.poll(timeout_ms=500, max_records=BATCH).values():
            for message in batch:
                decode(message.value)
            taken += len(batch)
    client.close()
    return taken


def our_consume(options: KafkaOptions, count: int) -> int:
    consumer = KafkaLog(options).consumer(uuid.uuid4().hex)
    taken = 0
    while taken < count:
        records = consumer.poll(BATCH, 0.5)
        for record in records:
            decode(record.value)
        if records:
            consumer.commit({records[-1].partition: records[-1].offset + 1})
        taken += len(records)
    consumer.close()
    return taken


def drain(options: KafkaOptions, events: Sequence[ArticleEvent]) -> Figure:
    """How fast a backlog of the local log gets to Kafka."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Database(Path(folder) / "log.db", SqliteLog.MIGRATIONS) as local_db,
    ):
        local = SqliteLog(local_db)
        for begin in range(0, len(events), BATCH):
            local.producer().append(events[begin : begin + BATCH])
        metrics = KafkaMetrics(CollectorRegistry())
        producer = KafkaLog(options).producer()
        opened: list[Consumer] = []

        def source() -> Consumer:
            opened.append(local.consumer(GROUP))
            return opened[-1]

        forwarder = Forwarder(source, producer, metrics)

        def work() -> int:
            taken = 0
            while taken < len(events):
                taken += forwarder.step()
            return taken

        figure = measured("forwarder, draining the local log", work)
        opened[0].close()
        producer.close()
        return figure


def main() -> None:
    """Measure, best of three for the pairs, and print."""
    with broker() as servers:
        if servers is None:
            print("no broker: no java or no mvn here, and KAFKA_BOOTSTRAP_SERVERS is not set")
            return
        events = [article(n) for n in range(EVENTS)]
        options = new_topic(servers)
        produced = [
            (
                measured(
                    "kafka-python alone: encode, send, flush",
                    lambda: bare_produce(new_topic(servers), events),
                ),
                measured("append", lambda: our_produce(options, events)),
            )
            for _ in range(3)
        ]
        consumed = [
            (
                measured("kafka-python alone: poll, decode", lambda: bare_consume(options, EVENTS)),
                measured("poll, decode, commit", lambda: our_consume(options, EVENTS)),
            )
            for _ in range(3)
        ]
        drained = drain(new_topic(servers), events)
    size = sum(len(encode(event)) for event in events[:1000]) / 1000
    print(f"{EVENTS:,} events of {size:,.0f} bytes, in batches of {BATCH}")
    rows = []
    for pairs in (produced, consumed):
        bare, ours = best([pair[0] for pair in pairs]), best([pair[1] for pair in pairs])
        print(f"{bare.row()}\n{ours.row()}   ratio {ours.per_core / bare.per_core:.2f}")
        rows.append((bare, ours))
    print(drained.row())
    (_, append), (bare_read, read) = rows
    for goal in (
        Goal("Kafka: append", append.per_core, "/s/core", 30_000),
        Goal("Kafka: poll, decode, commit over a bare loop", read.per_core / bare_read.per_core, "", 0.8),
        Goal("Kafka: forwarder drains", drained.events / drained.seconds, "/s", 5_000),
    ):
        tell(goal)


def best(figures: Sequence[Figure]) -> Figure:
    return max(figures, key=lambda figure: figure.per_core)


if __name__ == "__main__":
    main()
