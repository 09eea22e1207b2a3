"""From the local log to Kafka, over outages."""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from prometheus_client import CollectorRegistry

from stream.db import Database
from stream.errors import LogUnavailableError
from stream.event import decode
from stream.forward import GROUP, Forwarder
from stream.kafka.metrics import KafkaMetrics
from stream.kafka_log import KafkaLog
from stream.log import Record
from stream.sqlite_log import SqliteLog
from tests.stream.articles import article
from tests.stream.kafka.topics import topic_on
from tests.stream.logs import take
from tests.support.kafka import Broker, reading
from tests.support.waiting import wait_for


@dataclass
class Target:
    """A Kafka that can be down: it says so, or it takes the records and then says so."""

    down: int = 0
    is_written_when_down: bool = False
    taken: list[Record] = field(default_factory=list)

    def forward(self, records: Sequence[Record]) -> int:
        if self.down:
            self.down -= 1
            if self.is_written_when_down:
                self.taken += records
            raise LogUnavailableError("broker down")
        self.taken += records
        return sum(record.damage is not None for record in records)


@pytest.fixture
def local(database: Database) -> SqliteLog:
    return SqliteLog(database)


def metrics() -> KafkaMetrics:
    return KafkaMetrics(CollectorRegistry())


@contextmanager
def running(forwarder: Forwarder) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=forwarder.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)


def offsets(records: Sequence[Record]) -> list[int]:
    return [record.offset for record in records]


def test_given_events_when_forwarded_then_the_local_position_follows(local: SqliteLog) -> None:
    local.producer().append([article(f"port{n}") for n in range(10)])
    target = Target()
    forwarder = Forwarder(lambda: local.consumer(GROUP), target, metrics())

    while len(target.taken) < 10:
        forwarder.step()

    assert sorted(offsets(target.taken)) == list(range(1, 11))
    assert set(local.lags().values()) == {0}


@pytest.mark.parametrize("is_written", [False, True])
def test_given_an_outage_when_it_ends_then_every_event_was_published(
    local: SqliteLog, *, is_written: bool
) -> None:
    local.producer().append([article(f"port{n}") for n in range(10)])
    target = Target(down=2, is_written_when_down=is_written)
    forwarder = Forwarder(lambda: local.consumer(GROUP), target, metrics())

    with running(forwarder):
        wait_for(
            lambda: set(local.lags().values()) == {0} and set(offsets(target.taken)) == set(range(1, 11))
        )
        wait_for(lambda: forwarder.is_flowing)


def test_given_an_outage_when_it_lasts_then_it_is_said_once_and_the_log_keeps_everything(
    local: SqliteLog, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "stream.forward")
    target = Target(down=1_000)
    forwarder = Forwarder(lambda: local.consumer(GROUP), target, metrics())

    with running(forwarder):
        wait_for(lambda: target.down <= 996)
        local.producer().append([article("oslo")])
        assert not forwarder.is_flowing

    assert [record.getMessage() for record in caplog.records] == [
        "Kafka does not take events, they wait in the log"
    ]
    assert sum(local.lags().values()) == 1


def test_given_a_real_broker_when_forwarded_then_its_reader_has_every_event_in_order(
    broker: Broker, local: SqliteLog
) -> None:
    topic = topic_on(broker, 4)
    kafka = KafkaLog(topic.options(), metrics())
    producer = kafka.producer()
    events = [article(f"port{n}", story=f"story{n % 7}") for n in range(500)]
    local.producer().append(events)

    forwarder = Forwarder(lambda: local.consumer(GROUP), producer, metrics())
    with running(forwarder), reading(kafka, topic.group) as consumer:
        records = take(consumer, 500)
    producer.close()

    found = [decode(record.value) for record in records]
    for story in range(7):
        assert [e for e in found if e.story == f"story{story}"] == events[story::7]
