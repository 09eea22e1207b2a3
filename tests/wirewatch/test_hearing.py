from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from alerts.alert import Match
from alerts.notice import Notices
from alerts.store.archive import Archive
from alerts.store.database import open_sqlite
from alerts.store.ledger import Ledger
from ingest.coverage import Coverage, Level
from tests.support.alerting import SteppedClock
from wirewatch.hearing import CoverageCollector, HearingWatch, as_json


def heard(level: Level, number: int) -> Coverage:
    return Coverage(level, 86, number, 0, {"failing": 86 - number} if number < 86 else {}, 3, 30.0)


class EverywhereRouter:
    def sinks_for(self, _match: Match) -> tuple[str, ...]:
        return ("desk",)

    def match(self, _event: object) -> Sequence[Match]:
        return ()


@dataclass
class Desk:
    """A watch on what the test lets be heard; `step` looks every 15 s."""

    watch: HearingWatch
    archive: Archive
    clock: SteppedClock
    now: list[Coverage]
    woken: list[None] = field(default_factory=list)

    def step(self, found: Coverage, seconds: int) -> None:
        self.now[0] = found
        for _ in range(0, seconds, 15):
            self.clock.step(15)
            self.watch.look()

    def titles(self) -> list[str]:
        return [one.alert.match.event.title for one in reversed(self.archive.alerts())]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    database = open_sqlite(tmp_path / "alerts.db")
    clock, archive, now = SteppedClock(), Archive(database), [heard("well", 86)]
    notices = Notices(archive, Ledger(database, "alerts", "notices"), EverywhereRouter())
    began, woken = clock(), list[None]()

    def elapsed_s() -> float:
        return (clock() - began).total_seconds()

    watch = HearingWatch(lambda: now[0], notices, clock, elapsed_s, lambda: woken.append(None))
    yield Desk(watch, archive, clock, now, woken)
    database.close()


def test_given_most_sources_dead_for_five_minutes_when_watched_then_the_operator_is_told_once(
    desk: Desk,
) -> None:
    desk.step(heard("well", 86), 3_600)
    desk.step(heard("deaf", 2), 285)
    assert desk.titles() == []

    desk.step(heard("deaf", 2), 86_400)

    assert desk.titles() == ["Wirewatch is deaf: 2 of 86 sources are heard"]
    assert len(desk.woken) == 1


def test_given_a_deaf_watch_when_sources_are_back_for_ten_minutes_then_that_is_told_too(desk: Desk) -> None:
    desk.step(heard("deaf", 2), 600)
    desk.step(heard("well", 80), 900)

    assert desk.titles()[1:] == ["Wirewatch hears again: 80 of 86 sources"]


def test_given_sources_that_come_and_go_when_watched_then_there_is_no_flood(desk: Desk) -> None:
    for _ in range(200):
        desk.step(heard("deaf", 40), 120)
        desk.step(heard("well", 80), 120)
        desk.step(heard("worse", 50), 60)

    assert desk.titles() == []


def test_given_a_start_when_all_is_well_then_there_is_nothing_to_tell(desk: Desk) -> None:
    desk.step(heard("starting", 0), 60)
    desk.step(heard("well", 86), 3_600)

    assert desk.titles() == []


def test_given_a_coverage_when_shown_to_programs_then_gauges_and_json_agree() -> None:
    found = heard("deaf", 2)
    registry = CollectorRegistry()

    registry.register(CoverageCollector(lambda: found))

    said = as_json(found)
    for state in ("heard", "unheard", "waiting"):
        assert registry.get_sample_value("wirewatch_sources", {"state": state}) == said[state]
    assert registry.get_sample_value("wirewatch_sources_with_news") == said["with_news_last_hour"] == 3
    assert said["level"] == "deaf"
