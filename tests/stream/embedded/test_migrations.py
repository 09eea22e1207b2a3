"""A log that version 1 of the tables wrote, in three partitions, goes on as it was."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from stream.db import Database
from stream.errors import PositionLostError
from stream.event import decode
from stream.sqlite_log import SqliteLog
from tests.stream.articles import article
from tests.stream.logs import names

DUMP = Path(__file__).with_name("log_of_version_1.sql")


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Database]:
    made = sqlite3.connect(tmp_path / "log.db")
    made.executescript(DUMP.read_text())
    made.close()
    with Database(tmp_path / "log.db", SqliteLog.MIGRATIONS) as database:
        yield database


def test_given_a_log_in_partitions_when_read_then_it_is_whole_and_in_order_per_key(old: Database) -> None:
    log = SqliteLog(old)
    log.producer().append([article("port12", story="story2")])

    records = log.consumer("new group").poll(100, timeout_s=0)

    assert [record.damage for record in records] == [None] * 13
    assert names(records) == [f"port{number}" for number in range(13)]
    assert {record.partition for record in records} == {0}
    assert [decode(record.value).story for record in records] == [f"story{n % 5}" for n in range(13)]


def test_given_groups_that_stood_in_each_partition_when_migrated_then_none_misses_a_record(
    old: Database,
) -> None:
    log = SqliteLog(old)

    assert names(log.consumer("alerts").poll(100, timeout_s=0)) == [
        f"port{number}" for number in range(5, 12)
    ]
    assert log.lags() == {("alerts", 0): 7, ("forward", 0): 0}


def test_given_a_position_from_before_there_were_lineages_when_sought_then_it_holds_in_this_log_alone(
    old: Database, tmp_path: Path
) -> None:
    log = SqliteLog(old)
    log.producer().append([article("port12")])
    kept = log.consumer("alerts")

    kept.seek(0, 9, "")

    assert names(kept.poll(100, timeout_s=0)) == ["port8", "port9", "port10", "port11", "port12"]
    with Database(tmp_path / "younger.db", SqliteLog.MIGRATIONS) as younger:
        other = SqliteLog(younger)
        other.producer().append([article(f"port{number}") for number in range(20)])
        reader = other.consumer("alerts")
        reader.seek(0, 9, "")
        with pytest.raises(PositionLostError):
            reader.poll(100, timeout_s=0)
        assert len(reader.poll(100, timeout_s=0)) == 20
