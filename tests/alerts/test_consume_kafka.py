"""The matcher on Kafka: no alert lost and none twice, whatever becomes of the topic."""

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from prometheus_client import CollectorRegistry

from alerts.consume import Consume, ConsumeConfig, Rules
from alerts.metrics import AlertMetrics
from alerts.store.archive import Archive
from alerts.store.database import Database
from alerts.store.ledger import Ledger
from stream.event import ArticleEvent
from stream.kafka_log import KafkaLog
from tests.stream.kafka.topics import Topic, topic_on
from tests.support.alerting import FixedRouter, SteppedClock, WordMatcher, make_event
from tests.support.crashing import Crash, crash_at
from tests.support.kafka import Broker
from tests.support.waiting import wait_for

if TYPE_CHECKING:
    from stream.kafka.consumer import TopicConsumer

CONFIG = ConsumeConfig(poll_timeout_s=0.2, max_records=4, first_pause_s=0.05)


class House:
    """One matcher on one topic, which can die and be started again."""

    def __init__(self, topic: Topic, database: Database, clock: SteppedClock) -> None:
        self.topic = topic
        self.log = KafkaLog(topic.options())
        self.consumer: TopicConsumer | None = None
        self.database = database
        self.clock = clock
        self.metrics = AlertMetrics(CollectorRegistry())
        self.archive = Archive(database)

    def start(self) -> Consume:
        self.end()
        self.consumer = self.log.consumer(self.topic.group)
        ledger = Ledger(self.database, "alerts", f"kafka:{self.topic.name}")
        rules = Rules(WordMatcher("Freedonia"), FixedRouter("desk"))
        return Consume(self.consumer, ledger, rules, self.metrics, self.clock, CONFIG)

    def end(self) -> None:
        if self.consumer is not None:
            self.consumer.close()

    def append(self, *events: ArticleEvent) -> None:
        producer = self.log.producer()
        producer.append(events)
        producer.close()

    def titles(self) -> list[str]:
        return sorted(stored.alert.match.event.title for stored in self.archive.alerts(limit=1_000))

    def drain(self, consume: Consume) -> None:
        """Read to the end of the topic."""
        consume.step()
        assert self.consumer is not None
        wait_for(lambda: not consume.step() and self.consumer is not None and self._is_read())

    def _is_read(self) -> bool:
        assert self.consumer is not None
        return bool(self.consumer.assignment()) and not any(self.consumer.lag_records().values())


@pytest.fixture
def house(broker: Broker, database: Database, clock: SteppedClock) -> Iterator[House]:
    house = House(topic_on(broker, 2), database, clock)
    yield house
    house.end()


def events(first: int, last: int) -> list[ArticleEvent]:
    return [make_event(f"{number:03}") for number in range(first, last)]


def titles(first: int, last: int) -> list[str]:
    return [event.title for event in events(first, last)]


def test_given_events_on_kafka_when_consumed_then_each_is_one_alert_over_restarts(house: House) -> None:
    house.append(*events(0, 10))
    house.drain(house.start())
    house.append(*events(5, 15))

    house.drain(house.start())

    assert house.titles() == titles(0, 15)
    assert house.archive.counts() == {("desk", "pending"): 15}


@pytest.mark.parametrize(
    "place", ["match.before_commit", "match.after_commit", "match.after_advisory_commit"]
)
def test_given_a_crash_at_any_step_when_started_again_then_nothing_is_lost_or_doubled(
    house: House, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    house.append(*events(0, 10))
    crash_at(monkeypatch, place, 2)
    with pytest.raises(Crash):
        house.drain(house.start())
    monkeypatch.undo()

    house.drain(house.start())

    assert house.titles() == titles(0, 10)
    assert house.archive.counts() == {("desk", "pending"): 10}


def test_given_a_topic_made_anew_while_away_when_started_again_then_all_of_the_new_one_is_read(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.append(*events(0, 6))
    house.drain(house.start())
    house.end()
    house.topic.make_anew()
    house.append(*events(3, 20))

    house.drain(house.start())

    assert house.titles() == titles(0, 20)
    assert house.archive.counts() == {("desk", "pending"): 20}
    assert "the log is not as we have read it, reading on where it is" in caplog.messages


def test_given_a_topic_made_anew_to_whose_group_something_was_told_when_started_again_then_all_of_it_is_read(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.append(*events(0, 6))
    house.drain(house.start())
    house.end()
    house.topic.make_anew()
    house.append(*events(3, 20))
    hasty = house.log.consumer(house.topic.group)  # a process that reads on by name, tells so, and is killed
    told: dict[int, int] = {}
    wait_for(lambda: told.update({r.partition: r.offset + 1 for r in hasty.poll(50, 0.2)}) or told == {0: 17})
    hasty.commit(told)
    hasty.close()

    consume = house.start()
    wait_for(lambda: not consume.step() and house.titles() == titles(0, 20))

    assert house.archive.counts() == {("desk", "pending"): 20}
    assert "the log is not as we have read it, reading on where it is" in caplog.messages


def test_given_records_that_retention_removed_unread_when_started_again_then_it_is_said_and_the_rest_is_read(
    broker: Broker, database: Database, clock: SteppedClock, caplog: pytest.LogCaptureFixture
) -> None:
    house = House(topic_on(broker), database, clock)
    house.append(*events(0, 4))
    house.drain(house.start())
    house.end()
    house.append(*events(4, 12))
    house.topic.remove_before(8)

    house.drain(house.start())
    house.end()

    assert house.titles() == sorted(titles(0, 4) + titles(8, 12))
    (said,) = [r for r in caplog.records if r.getMessage().startswith("the log is not as we have read it")]
    assert said.__dict__["reason"] == "retention"


def test_given_no_topic_yet_when_run_then_it_waits_and_reads_once_there_is_one(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.topic.delete()
    consume = house.start()
    stop = threading.Event()
    thread = threading.Thread(target=consume.run, args=(stop,))
    thread.start()
    wait_for(lambda: "the log cannot be reached, trying again" in caplog.messages)
    assert not consume.is_ready

    house.topic.make()
    house.append(*events(0, 5))

    wait_for(lambda: house.titles() == titles(0, 5))
    assert consume.is_ready
    stop.set()
    thread.join(20)
    assert caplog.messages.count("the log cannot be reached, trying again") == 1
