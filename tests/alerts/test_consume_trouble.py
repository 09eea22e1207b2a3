import threading
from collections.abc import Sequence

import sqlalchemy as sa

from alerts.alert import Match
from alerts.consume import Rules
from alerts.store.database import Database
from alerts.store.dead_letters import DeadLetters
from alerts.store.ledger import Ledger
from stream.event import ArticleEvent
from tests.alerts.matching import House, drain, names
from tests.support.alerting import FixedRouter, SteppedClock, WordMatcher, make_event
from tests.support.waiting import wait_for


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
