import pytest

from stream.db import Database
from stream.sqlite_log import SqliteLog
from tests.stream.articles import article


def test_given_a_forgotten_group_when_asked_for_lags_then_it_is_not_among_them(database: Database) -> None:
    log = SqliteLog(database)
    places = log.producer().append([article("oslo")])
    log.consumer("old experiment")
    log.consumer("alerts").commit({0: places[0].offset + 1})

    log.forget_group("old experiment")

    assert log.lags() == {("alerts", 0): 0}


def test_given_a_forgotten_group_when_its_consumer_commits_then_it_is_known_again(database: Database) -> None:
    log = SqliteLog(database)
    places = log.producer().append([article("oslo"), article("bergen")])
    consumer = log.consumer("alerts")
    log.forget_group("alerts")

    consumer.commit({0: places[0].offset + 1})

    assert log.lags() == {("alerts", 0): 1}
    assert log.read_below("alerts") == places[1].offset
    assert log.read_below("nobody") == 0


def test_given_a_long_backlog_with_duplicates_when_asked_for_lags_then_they_are_bounded_by_the_offsets(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stream.embedded.records.COUNTED_ROWS", 3)
    log = SqliteLog(database)
    log.consumer("alerts")

    lags = []
    for names in (["oslo", "oslo", "bergen"], ["tromso"], ["narvik"]):
        log.producer().append([article(name) for name in names])
        lags.append(log.lags()["alerts", 0])

    assert lags[0] == 2
    assert 3 <= lags[1] <= lags[2] <= 5
    assert log.size().rows == 4
