"""A search for alerts: what it finds, and how much of the store one step of it reads."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerts.alert import Alert, alert_id
from alerts.batch import Batch, NewAlert
from alerts.store import search
from alerts.store.archive import Archive, Archived
from alerts.store.database import Database
from alerts.store.ledger import Ledger
from alerts.store.search import place_of
from alerts.store.wanted import Wanted
from tests.support.alerting import NOON, make_event, make_match

HOUR = timedelta(hours=1)


def store(
    database: Database, name: str, hours: float = 0, match: dict[str, Any] | None = None, **event: Any
) -> None:
    found = make_match(make_event(name, **{"title": f"About {name}", **event}), **(match or {}))
    alert = Alert(alert_id(found.rule, found.event.event_id), found, NOON + hours * HOUR)
    Ledger(database, "alerts", "articles").commit(Batch(alerts=(NewAlert(alert, ()),)), {}, {}, NOON)


def names(found: "tuple[Archived, ...] | list[Archived]") -> list[str]:
    return [one.alert.match.event.title.removeprefix("About ") for one in found]


@pytest.fixture
def archive(database: Database) -> Archive:
    persian = {"language": "fa-IR", "text": "ایران و ترکیه پیمانی امضا کردند"}
    store(database, "strait", 0, text="The Strait of Hormuz was closed.", publisher="The Border Gazette")
    store(database, "persian", 1, match={"countries": ("IR", "TR"), "watchlist": "gulf"}, **persian)
    store(database, "niger", 2, match={"countries": ()}, countries=("NE",), lead="Junta dismisses envoy")
    store(
        database,
        "wire",
        3,
        match={"countries": ("US",), "severity": "low"},
        countries=("NE",),
        publisher=None,
    )
    store(
        database, "chinese", 4, language="zh-Hant", text="伊朗與土耳其簽署協議", publisher="Zeitung Straßburg"
    )
    return Archive(database)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), ["chinese", "wire", "niger", "persian", "strait"]),
        (Wanted(since=NOON + 2 * HOUR), ["chinese", "wire", "niger"]),
        (Wanted(until=NOON + 2 * HOUR), ["persian", "strait"]),
        (Wanted(since=NOON + HOUR, until=NOON + 2 * HOUR), ["persian"]),
        (Wanted(watchlist="gulf"), ["persian"]),
        (Wanted(watchlist="Gulf"), []),
        (Wanted(severity="low", since=NOON), ["wire"]),
        (Wanted(country="TR", watchlist="gulf"), ["persian"]),
        (Wanted(country="NE"), ["niger"]),  # a rule that names no country: those of the article
        (Wanted(country="US", severity="low"), ["wire"]),
        (Wanted(publisher="border gazette"), ["strait"]),
        (Wanted(publisher="strassburg"), ["chinese"]),
        (Wanted(publisher="gaz"), []),
        (Wanted(language="fa"), ["persian"]),
        (Wanted(language="ZH-hant"), ["chinese"]),
        (Wanted(language="zh-Hans"), []),
        (Wanted(words="HORMUZ strait"), ["strait"]),
        (Wanted(words='"strait of hormuz" about'), ["strait"]),
        (Wanted(words='"hormuz strait"'), []),
        (Wanted(words="horm"), []),
        (Wanted(words="horm*"), ["strait"]),
        (Wanted(words="envoy about"), ["niger"]),
        (Wanted(words="تركيه"), ["persian"]),  # with the Arabic kaf
        (Wanted(words="土耳其"), ["chinese"]),
        (Wanted(words="nowhere"), []),
        (Wanted(words="about", language="zh", publisher="Zeitung"), ["chinese"]),
    ],
)
def test_given_alerts_of_many_kinds_when_searched_then_those_are_found_newest_first(
    archive: Archive, wanted: Wanted, found: list[str]
) -> None:
    search_ = archive.find(wanted)

    assert names(search_.alerts) == found
    assert search_.next_place is None


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(words="about"), Wanted(words="about", since=NOON)])
def test_given_a_full_page_when_gone_on_from_its_place_then_each_alert_comes_once(
    archive: Archive, wanted: Wanted
) -> None:
    seen: list[str] = []
    place = None
    for _ in range(4):
        step = archive.find(wanted, after=place, limit=2)
        seen += names(step.alerts)
        place = step.next_place
        if place is None:
            break

    assert seen == ["chinese", "wire", "niger", "persian", "strait"]
    assert place is None


def test_given_more_alerts_than_one_search_looks_at_when_searched_then_it_stops_and_says_where_to_go_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_CHUNK", 2)
    monkeypatch.setattr(search, "SCAN_ROWS", 4)
    for number in range(9):
        store(database, f"n{number}", number, text="rare" if number == 2 else "plain")
    archive = Archive(database)

    first = archive.find(Wanted(words="rare"))
    second = archive.find(Wanted(words="rare"), after=first.next_place)
    third = archive.find(Wanted(words="rare"), after=second.next_place)

    assert [names(step.alerts) for step in (first, second, third)] == [[], ["n2"], []]
    assert first.next_place is not None
    assert first.next_place.created_us == (NOON + 5 * HOUR).timestamp() * 1e6
    assert third.next_place is None


def test_given_long_articles_when_searched_then_what_one_search_reads_is_bounded(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_CHUNK", 1)
    monkeypatch.setattr(search, "SCAN_BYTES", 100_000)
    for number in range(4):
        store(database, f"n{number}", number, text="word " * 12_000)

    step = Archive(database).find(Wanted(words="nowhere"))

    assert step.next_place is not None
    assert step.next_place.created_us == (NOON + 2 * HOUR).timestamp() * 1e6


def test_given_a_place_whose_alert_is_gone_when_gone_on_then_the_list_goes_on_there(
    database: Database,
) -> None:
    for number in range(3):
        store(database, f"n{number}", number)
    archive = Archive(database)
    place = place_of(archive.alerts()[1].alert)

    gone = replace(place, alert_id="f" * 32)

    assert names(archive.find(Wanted(), after=gone).alerts) == ["n1", "n0"]
    assert names(archive.find(Wanted(), after=place).alerts) == ["n0"]
