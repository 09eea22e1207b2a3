from datetime import timedelta

import pytest
import sqlalchemy as sa

from alerts.store.clock import DatabaseClock
from alerts.store.database import Database


class Elapsed:
    """Seconds since boot that the test moves: `answer_s` while each question is under way."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.answer_s = 0.0

    def __call__(self) -> float:
        now_s = self.now_s
        self.now_s += self.answer_s
        return now_s


def test_given_a_machine_whose_own_clock_is_anything_when_asked_then_it_is_the_time_of_the_database(
    postgres_database: Database,
) -> None:
    clock = DatabaseClock(postgres_database)

    before = clock()
    with postgres_database.read() as connection:
        theirs = connection.execute(sa.text("SELECT clock_timestamp()")).scalar_one()

    assert before - timedelta(seconds=1) <= theirs <= clock() + timedelta(seconds=1)
    assert clock().utcoffset() == timedelta(0)


def test_given_time_that_passes_when_asked_then_no_question_is_needed(postgres_database: Database) -> None:
    elapsed = Elapsed()
    clock = DatabaseClock(postgres_database, elapsed)
    first = clock()

    elapsed.now_s += 3600

    assert clock() - first == timedelta(hours=1)


def test_given_a_slow_answer_when_measured_then_what_was_known_holds(postgres_database: Database) -> None:
    elapsed = Elapsed()
    clock = DatabaseClock(postgres_database, elapsed)
    first = clock()

    elapsed.answer_s = 5.0
    clock.look()
    elapsed.answer_s = 0.0

    assert clock() - first == timedelta(seconds=elapsed.now_s - 1000.0)


def test_given_a_clock_that_went_wrong_when_it_stays_so_then_it_is_set_right(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    elapsed = Elapsed()
    clock = DatabaseClock(postgres_database, elapsed)
    right = clock()
    elapsed.now_s += 86_400  # a suspended machine whose elapsed time jumps

    clock.look()
    held = clock()
    monkeypatch.setattr("stream.clock.HOLD_S", 0.0)
    clock.look()

    assert held - right == timedelta(days=1)
    assert abs(clock() - right) < timedelta(minutes=1)
