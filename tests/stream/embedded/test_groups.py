from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.db import Database
from stream.embedded.groups import is_live, share
from stream.embedded.process import own_mark
from stream.sqlite_log import SqliteLog
from tests.stream.articles import SteppedClock, article

MEMBERS = st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=7, unique=True)
HOLDERS = st.dictionaries(st.integers(0, 63), st.none() | st.sampled_from("abcdefghij"), max_size=30)


@given(MEMBERS, HOLDERS)
def test_given_any_state_when_all_members_take_turns_then_every_partition_has_one_reader_and_shares_are_even(
    members: list[str],
    holders: dict[int, str | None],
) -> None:
    for _ in range(2):
        for me in members:
            due = share(members, holders, me)
            holders = {
                partition: me if partition in due else None if owner == me else owner
                for partition, owner in holders.items()
            }

    counts = [sum(owner == me for owner in holders.values()) for me in members]
    assert sum(counts) == len(holders)
    assert max(counts) - min(counts) <= 1


@given(MEMBERS, HOLDERS)
def test_given_any_state_when_a_member_takes_its_share_then_it_takes_nothing_from_the_living(
    members: list[str],
    holders: dict[int, str | None],
) -> None:
    for me in members:
        for partition in share(members, holders, me):
            assert holders[partition] == me or holders[partition] not in members


def test_given_even_shares_when_decided_again_then_nothing_moves() -> None:
    holders: dict[int, str | None] = {0: "a", 1: "b", 2: "a", 3: "b", 4: "a"}

    assert share(["a", "b"], holders, "a") == {0, 2, 4}
    assert share(["a", "b"], holders, "b") == {1, 3}


@pytest.mark.parametrize(
    ("heartbeat_at", "live"),
    [(100.0, True), (90.0, True), (89.9, False), (100.1, False)],
)
def test_given_a_heartbeat_when_old_or_from_before_a_restart_then_it_does_not_count(
    heartbeat_at: float,
    *,
    live: bool,
) -> None:
    assert is_live(heartbeat_at, lease_s=10.0, now=100.0) is live


def test_given_a_consumer_that_polls_when_its_lease_would_be_over_then_it_keeps_its_partition(
    database: Database,
) -> None:
    clock = SteppedClock()
    log = SqliteLog(database, monotonic=clock)
    reader, standby = log.consumer("alerts"), log.consumer("alerts")

    for _ in range(10):
        clock.step(4)
        reader.poll(1, timeout_s=0)
        standby.poll(1, timeout_s=0)

    assert reader.assignment() == {0}
    assert standby.assignment() == frozenset()


def test_given_a_second_consumer_when_it_joins_then_the_first_gives_up_its_surplus_before_it_is_read(
    database: Database,
) -> None:
    clock = SteppedClock()
    log = SqliteLog(database, partitions=5, monotonic=clock)
    first, second = log.consumer("alerts"), log.consumer("alerts")
    shares = []

    for _ in range(3):
        clock.step(4)
        for consumer in (first, second):
            consumer.poll(1, timeout_s=0)
            assert not first.assignment() & second.assignment()
        shares.append((len(first.assignment()), len(second.assignment())))

    assert shares == [(3, 2)] * 3


def test_given_consumers_of_two_processes_when_they_poll_then_one_reads_and_the_other_takes_over(
    tmp_path: Path,
) -> None:
    clock = SteppedClock()
    with (
        Database(tmp_path / "log.db", SqliteLog.MIGRATIONS) as here,
        Database(tmp_path / "log.db", SqliteLog.MIGRATIONS) as there,
    ):
        reader = SqliteLog(here, monotonic=clock).consumer("alerts")
        standby = SqliteLog(there, monotonic=clock).consumer("alerts")
        before = (reader.assignment(), standby.assignment())

        reader.close()
        clock.step(4)
        standby.poll(1, timeout_s=0)

        assert before == (frozenset({0}), frozenset())
        assert standby.assignment() == {0}


def test_given_a_reader_whose_process_is_gone_when_another_comes_then_it_reads_at_once(
    database: Database,
) -> None:
    log = SqliteLog(database, monotonic=SteppedClock())
    log.producer().append([article("oslo")])
    log.consumer("alerts")
    ended = own_mark().rpartition("/")[0] + "/1"
    database.write(lambda c: c.execute("UPDATE log_members SET process = ?", (ended,)).rowcount)

    heir = log.consumer("alerts")

    assert heir.assignment() == {0}
    assert len(heir.poll(10, timeout_s=0)) == 1


def test_given_a_forgotten_group_when_retention_runs_then_it_holds_nothing_back(database: Database) -> None:
    log = SqliteLog(database)
    places = log.producer().append([article("oslo")])
    log.consumer("old experiment")
    log.consumer("alerts").commit({0: places[0].offset + 1})

    log.forget_group("old experiment")

    assert log.lags() == {("alerts", 0): 0}
