import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa
from prometheus_client import CollectorRegistry

from alerts.alert import Match
from alerts.consume import Consume, ConsumeConfig, Rules
from alerts.metrics import AlertMetrics
from alerts.store.archive import Archive
from alerts.store.database import Database
from alerts.store.dead_letters import DeadLetters
from alerts.store.ledger import Ledger
from stream.db import Database as LogDatabase
from stream.errors import StreamError
from stream.event import ArticleEvent
from stream.log import Consumer
from stream.sqlite_log import SqliteLog
from tests.support.alerting import FixedRouter, SteppedClock, WordMatcher, make_event
from tests.support.crashing import Crash, crash_at
from tests.support.waiting import wait_for

CONFIG = ConsumeConfig(poll_timeout_s=0.01, max_records=3, first_pause_s=0.01)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    database = LogDatabase(tmp_path / "log.db", SqliteLog.MIGRATIONS)
    yield SqliteLog(database)
    database.close()


class House:
    """One matcher on one log, which can die and be started again."""

    consumer: Consumer | None = None

    def __init__(self, log: SqliteLog, database: Database, clock: SteppedClock) -> None:
        self.log = log
        self.database = database
        self.clock = clock
        self.registry = CollectorRegistry()
        self.metrics = AlertMetrics(self.registry)
        self.rules = Rules(WordMatcher("Freedonia"), FixedRouter("desk", "hook"))
        self.archive = Archive(database)

    def start(self) -> Consume:
        if self.consumer is not None:
            self.consumer.close()  # commits nothing: to the log it is as if the process had died
        self.consumer = self.log.consumer("alerts")
        ledger = Ledger(self.database, "alerts", "articles")
        return Consume(self.consumer, ledger, self.rules, self.metrics, self.clock, CONFIG)

    def append(self, *events: ArticleEvent) -> None:
        self.log.producer().append(events)

    def titles(self) -> list[str]:
        return sorted(stored.alert.match.event.title for stored in self.archive.alerts(limit=1_000))

    def poison(self, offset: int) -> None:
        self.log._database.write(
            lambda connection: connection.execute(
                "UPDATE log_records SET value = x'00' WHERE offset = ?", (offset,)
            )
        )

    def count(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, labels) or 0.0


@pytest.fixture
def house(log: SqliteLog, database: Database, clock: SteppedClock) -> House:
    return House(log, database, clock)


def drain(consume: Consume) -> int:
    """Read to the end of the log; the first poll of a new assignment may be empty."""
    total = idle = 0
    while idle < 2:
        read = consume.step()
        total += read
        idle = 0 if read else idle + 1
    return total


def names(count: int) -> list[ArticleEvent]:
    return [make_event(f"{number:03}") for number in range(count)]


def test_given_events_when_consumed_then_each_match_is_an_alert_with_its_deliveries(house: House) -> None:
    house.append(*names(7), make_event("none", title="Rain", text="It rained."))

    consumed = drain(house.start())

    assert consumed == 8
    assert house.titles() == [event.title for event in names(7)]
    assert house.archive.counts() == {("desk", "pending"): 7, ("hook", "pending"): 7}
    assert house.count("wirewatch_records_consumed_total", result="processed") == 8
    assert house.count("wirewatch_rule_matches_total", rule="Freedonia") == 7


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize(
    "place", ["match.before_commit", "match.after_commit", "match.after_advisory_commit"]
)
def test_given_a_crash_at_any_step_when_started_again_then_no_alert_is_lost_and_none_is_extra(
    house: House, monkeypatch: pytest.MonkeyPatch, place: str, nth: int
) -> None:
    house.append(*names(9))
    crash_at(monkeypatch, place, nth)
    with pytest.raises(Crash):
        drain(house.start())
    monkeypatch.undo()

    drain(house.start())

    assert house.titles() == [event.title for event in names(9)]
    assert house.archive.counts() == {("desk", "pending"): 9, ("hook", "pending"): 9}
    assert house.archive.rule_stats()["Freedonia"].matches == 9


def test_given_a_log_that_was_not_told_when_started_again_then_our_position_wins(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.append(*names(3))
    with monkeypatch.context() as deaf:
        deaf.setattr("stream.embedded.consumer.SqliteConsumer.commit", lambda *_: None)
        drain(house.start())
    before = house.log.lags()

    consumed = drain(house.start())

    assert consumed == 0
    assert before == {("alerts", 0): 3}
    assert house.log.lags() == {("alerts", 0): 0}, "told when the partition was adopted"


def test_given_a_log_that_refuses_the_advice_when_consuming_then_it_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StreamError("no")

    monkeypatch.setattr("stream.embedded.consumer.SqliteConsumer.commit", refuse)
    house.append(*names(6))

    drain(house.start())

    assert len(house.titles()) == 6


def test_given_the_same_article_again_when_consumed_then_nothing_is_raised_twice(
    house: House, database: Database
) -> None:
    house.append(*names(2))
    drain(house.start())
    with database.write() as connection:  # a replay: positions forgotten, the log is read again
        connection.execute(sa.text("DELETE FROM positions"))
    house.consumer.close() if house.consumer else None
    house.log.forget_group("alerts")
    house.consumer = None

    consumed = drain(house.start())

    assert consumed == 2
    assert len(house.archive.outbox()) == 4
    assert house.count("wirewatch_records_consumed_total", result="repeated") == 2


def test_given_a_revision_when_consumed_then_only_rules_that_newly_match_are_raised(house: House) -> None:
    house.rules = Rules(WordMatcher("Freedonia", "treaty"), FixedRouter("desk"))
    house.append(make_event())
    consume = house.start()
    drain(consume)

    house.append(make_event(revision=2, title="Freedonia and Sylvania sign treaty", content_hash="other"))
    drain(consume)

    raised = sorted(
        (stored.alert.match.rule, stored.alert.match.event.revision) for stored in house.archive.alerts()
    )
    assert raised == [("Freedonia", 1), ("treaty", 2)]


def test_given_old_articles_and_rules_under_test_when_consumed_then_they_are_stored_and_never_sent(
    house: House,
) -> None:
    house.append(make_event("old", backlog=True))

    drain(house.start())

    assert [stored.status for stored in house.archive.alerts()] == ["backlog"]
    assert house.archive.outbox() == []


def test_given_a_damaged_record_when_consumed_then_it_is_a_dead_letter_and_the_rest_goes_on(
    house: House, database: Database
) -> None:
    house.append(*names(5))
    house.poison(2)

    drain(house.start())

    assert len(house.titles()) == 4
    (letter,) = DeadLetters(database).list()
    assert (letter.kind, letter.reason, letter.offset) == ("record", "checksum", 2)
    assert house.count("wirewatch_dead_letters_total", kind="record", reason="checksum") == 1


class MoodyMatcher(WordMatcher):
    def __init__(self) -> None:
        super().__init__("Freedonia")
        self.is_well = False

    def match(self, event: ArticleEvent) -> Sequence[Match]:
        if "001" in event.title and not self.is_well:
            raise RecursionError("too deep")
        return super().match(event)


def test_given_a_matcher_that_fails_when_mended_and_retried_then_the_alert_is_raised(
    house: House, database: Database, clock: SteppedClock
) -> None:
    matcher = MoodyMatcher()
    house.rules = Rules(matcher, FixedRouter("desk"))
    house.append(*names(3))
    consume = house.start()
    drain(consume)
    (letter,) = DeadLetters(database).list()

    asked = [DeadLetters(database).retry(id_, clock()) for id_ in (letter.id, 999)]
    drain(consume)
    second = DeadLetters(database).list(reason="matcher_failed")[0]
    matcher.is_well = True
    DeadLetters(database).retry(second.id, clock())
    drain(consume)

    assert letter.reason == "matcher_failed"
    assert asked == [True, False]
    assert second.id != letter.id
    assert len(house.titles()) == 3
    assert all(one.retried_at is not None for one in DeadLetters(database).list())
    assert consume.retry_dead_letters() == 0


def test_given_dead_letters_that_cannot_be_written_when_consuming_then_the_position_waits(
    house: House, database: Database
) -> None:
    house.append(*names(3))
    house.poison(2)
    with database.write() as connection:
        connection.execute(sa.text("ALTER TABLE dead_letters RENAME TO out_of_reach"))
    stop = threading.Event()
    thread = threading.Thread(target=house.start().run, args=[stop])
    thread.start()
    wait_for(lambda: house.count("wirewatch_loop_failures_total", loop="consume") >= 2)
    stored_while_failing = house.titles()

    with database.write() as connection:
        connection.execute(sa.text("ALTER TABLE out_of_reach RENAME TO dead_letters"))
    wait_for(lambda: len(house.titles()) == 2)
    stop.set()
    thread.join(timeout=20)

    assert stored_while_failing == []
    assert not thread.is_alive()
    assert [letter.reason for letter in DeadLetters(database).list()] == ["checksum"]


def test_given_another_owner_when_committing_then_it_reads_again_and_no_alert_is_doubled(
    house: House, database: Database, clock: SteppedClock
) -> None:
    house.append(*names(6))
    consume = house.start()
    while not consume.step():
        pass
    Ledger(database, "alerts", "articles").adopt(0, clock())

    drain(consume)

    assert house.titles() == [event.title for event in names(6)]
    assert house.count("wirewatch_loop_failures_total", loop="consume") == 1


def test_given_new_deliveries_when_stored_then_listeners_are_told_after_the_commit(house: House) -> None:
    told: list[int] = []
    house.append(*names(2), make_event("none", title="Rain", text="It rained."))
    consume = house.start()
    consume.on_stored(lambda: told.append(len(house.archive.outbox())))

    drain(consume)

    assert told == [4]


def test_given_a_running_loop_when_it_has_read_then_it_is_ready(house: House) -> None:
    consume = house.start()
    stop = threading.Event()
    before = consume.is_ready
    thread = threading.Thread(target=consume.run, args=[stop])
    thread.start()

    wait_for(lambda: consume.is_ready)
    stop.set()
    thread.join(timeout=20)

    assert not before
    assert not thread.is_alive()
