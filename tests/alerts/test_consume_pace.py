"""What a record alone costs: records that trickle in share transactions, and the log is told seldom."""

import threading

import pytest

from tests.alerts.matching import House, names
from tests.support.waiting import wait_for

NOTHING_LEFT = {("alerts", 0): 0}


def test_given_records_one_by_one_when_consumed_then_the_log_is_told_first_and_when_none_is_left(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.consume._TELL_EVERY_S", 3_600.0)
    consume = house.start()
    lags = []

    for event in names(3):
        house.append(event)
        consume.step()
        lags.append(house.log.lags()["alerts", 0])
    consume.step()

    assert lags == [0, 1, 2]
    assert house.log.lags() == NOTHING_LEFT
    assert len(house.titles()) == 3


def test_given_a_matcher_that_ends_when_the_log_was_not_told_of_the_last_record_then_it_is(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.consume._TELL_EVERY_S", 3_600.0)
    consume, stop = house.start(), threading.Event()
    house.append(*names(4))
    consume.on_stored(lambda: stop.set() if len(house.titles()) == 4 else None)

    consume.run(stop)

    assert house.log.lags() == NOTHING_LEFT


def test_given_records_that_trickle_in_when_consumed_then_those_of_one_pace_share_a_transaction(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.consume._PACE_S", 2.0)
    consume, stop = house.start(), threading.Event()
    stored: list[int] = []
    consume.on_stored(lambda: stored.append(len(house.titles())))
    running = threading.Thread(target=consume.run, args=(stop,))
    first, *others = names(3)

    running.start()
    house.append(first)
    wait_for(lambda: stored == [1])
    for event in others:
        house.append(event)
    wait_for(lambda: stored[-1] == 3)
    stop.set()
    running.join()

    assert stored == [1, 3]
