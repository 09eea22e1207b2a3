from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from stream.db import Database
from stream.embedded.retention import Candidate, choose
from stream.sqlite_log import SqliteLog
from tests.stream.articles import BEGINNING, article

FOREVER = datetime(1980, 1, 1, tzinfo=UTC)


def read_all(log: SqliteLog) -> None:
    consumer = log.consumer("alerts")
    consumer.commit({partition: log.size().end_offset for partition in consumer.assignment()})


@given(
    st.lists(st.builds(Candidate, st.integers(1, 99), st.integers(0, 99), st.integers(1, 50)), max_size=40),
    st.integers(0, 99),
    st.integers(0, 500),
)
def test_given_any_candidates_when_chosen_then_the_old_go_and_no_more_than_is_needed(
    candidates: list[Candidate],
    older_than: int,
    excess_bytes: int,
) -> None:
    chosen = choose(candidates, older_than, excess_bytes)

    assert {c for c in candidates if c.appended_at < older_than} <= set(chosen)
    young = [c for c in chosen if c.appended_at >= older_than]
    assert sum(c.stored_bytes for c in young[:-1]) < max(excess_bytes, 1)
    if len(chosen) < len(candidates):
        assert sum(c.stored_bytes for c in chosen) >= excess_bytes


def test_given_old_and_young_records_when_retained_by_age_then_the_young_stay(database: Database) -> None:
    instants = iter([BEGINNING, BEGINNING + timedelta(days=40)])
    log = SqliteLog(database, clock=lambda: next(instants))
    log.producer().append([article("old")])
    log.producer().append([article("young")])
    read_all(log)

    removed = log.retain(BEGINNING + timedelta(days=10), None)

    assert removed == 1
    assert log.size().oldest_at == BEGINNING + timedelta(days=40)


def test_given_more_than_may_be_kept_when_retained_by_size_then_the_oldest_go(database: Database) -> None:
    log = SqliteLog(database)
    log.producer().append([article(f"port{n}") for n in range(10)])
    read_all(log)
    size = log.size()

    removed = log.retain(FOREVER, size.bytes // 2)

    assert 5 <= removed <= 6
    assert log.size().oldest_offset == size.oldest_offset + removed
    assert size.bytes // 3 < log.size().bytes <= size.bytes // 2


def test_given_many_records_when_retained_then_all_go_in_small_steps_and_the_file_shrinks(
    database: Database,
) -> None:
    log = SqliteLog(database)
    for first in range(0, 12_000, 1_000):
        log.producer().append([article(f"p{first + n}", text="wave " * 300) for n in range(1_000)])
    read_all(log)
    database.checkpoint()
    before, commits = database.file_bytes, database.commits

    removed = log.retain(datetime(9000, 1, 1, tzinfo=UTC), None)
    database.checkpoint()

    assert removed == 12_000
    assert database.commits - commits >= 12
    assert (log.size().rows, log.size().bytes) == (0, 0)
    assert database.file_bytes < before / 2
