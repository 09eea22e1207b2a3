import pytest
import sqlalchemy as sa

from alerts.consume import Rules
from alerts.store.database import Database
from stream.errors import StreamError
from tests.alerts.matching import House, drain, names
from tests.support.alerting import FixedRouter, WordMatcher, make_event
from tests.support.crashing import Crash, crash_at


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
