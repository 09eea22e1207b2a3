import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from alerts.batch import DeadRecord
from alerts.quarantine import KillerSearch, Quarantine
from alerts.store.database import Database
from alerts.store.dead_letters import DeadLetters
from alerts.store.ledger import Ledger, Position
from stream.event import encode
from stream.log import Record
from tests.alerts.matching import House, drain, names
from tests.support.alerting import NOON, make_event, make_record

RECORDS = [make_record(encode(make_event(name)), offset) for offset, name in enumerate("abc")]


class Search:
    """Finds the records it was told of; remembers what it was asked."""

    def __init__(self, *offsets: int) -> None:
        self.offsets = offsets
        self.asked: list[int] = []

    def __call__(self, records: Sequence[Record]) -> list[DeadRecord]:
        self.asked.append(len(records))
        return [DeadRecord("matcher_killed", "", one) for one in records if one.offset in self.offsets]


@pytest.mark.parametrize(("starts", "asked"), [(1, []), (2, []), (3, [3]), (9, [3])])
def test_given_how_often_matchers_died_here_when_sorted_out_then_from_the_third_on_records_are_tried(
    starts: int, asked: list[int]
) -> None:
    search = Search(1)

    sound, killers = Quarantine(search).sort_out(RECORDS, {0: Position(0, 1, starts=starts)})

    assert search.asked == asked
    assert [record.offset for record in sound] == ([0, 2] if asked else [0, 1, 2])
    assert [killer.record.offset for killer in killers] == ([1] if asked else [])


def test_given_another_partition_where_matchers_died_when_sorted_out_then_these_are_matched_at_once() -> None:
    search = Search()

    Quarantine(search).sort_out(RECORDS, {0: Position(0, 1, starts=1), 1: Position(0, 1, starts=3)})

    assert search.asked == []


def test_given_a_killer_found_when_the_next_batch_comes_then_it_is_tried_too_until_one_has_none() -> None:
    search = Search(1)
    quarantine = Quarantine(search)
    quarantine.sort_out(RECORDS, {0: Position(0, 1, starts=3)})

    quarantine.sort_out(RECORDS[2:], {0: Position(3, 1)})
    quarantine.sort_out(RECORDS[2:], {0: Position(4, 1)})

    assert search.asked == [3, 1]


def test_given_a_program_that_finds_killers_when_it_fails_later_then_those_found_are_dead_letters(
    caplog: pytest.LogCaptureFixture,
) -> None:
    program = """
import sys; sys.stdin.read()
print('{"number": 2, "ending": "SIGSEGV", "rule": "sea"}')
print('{"number": 7, "ending": "SIGSEGV"}')
print('{"number": 1, "end', end="", flush=True)
raise SystemExit("no more")
"""

    (killer,) = KillerSearch([sys.executable, "-c", program])(RECORDS)

    assert (killer.reason, killer.record) == ("matcher_killed", RECORDS[2])
    assert killer.detail == "ended the process that matched it (SIGSEGV); by rule sea"
    assert "search for what kills matchers failed" in caplog.text


@pytest.mark.parametrize("program", ["import signal; signal.pause()", "raise SystemExit(78)"])
def test_given_a_program_that_hangs_or_cannot_start_when_run_then_nothing_is_found_and_it_is_said(
    program: str, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    assert KillerSearch([sys.executable, "-c", program], longest_s=0.5)(RECORDS) == []
    assert KillerSearch([str(tmp_path / "none")])(RECORDS) == []

    assert caplog.text.count("search for what kills matchers failed") == 2


def test_given_a_matcher_that_died_twice_when_the_third_reads_then_the_killer_is_a_dead_letter(
    house: House, database: Database
) -> None:
    house.append(*names(3))
    for _ in range(2):
        Ledger(database, "alerts", "articles").adopt(0, NOON)
    search = Search(1)
    house.rules = replace(house.rules, find_killers=search)

    drain(house.start())

    assert house.titles() == [make_event(name).title for name in ("001", "002")]
    assert [(one.reason, one.offset) for one in DeadLetters(database).list()] == [("matcher_killed", 1)]
    assert house.count("wirewatch_dead_letters_total", kind="record", reason="matcher_killed") == 1
    assert search.asked == [3]
