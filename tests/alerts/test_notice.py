from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from alerts.alert import Match
from alerts.notice import Notice, Notices
from alerts.outbox import Outbox
from alerts.store.archive import Archive
from alerts.store.database import Database
from alerts.store.ledger import Ledger
from stream.timing import Clock
from tests.support.alerting import SteppedClock

DEAF = Notice("sources", "deaf", "critical", "Wirewatch is deaf", "Only 2 of 86 sources are heard.")
HEARS = Notice("sources", "hearing", "informational", "Wirewatch hears again", "86 of 86 sources are heard.")
OTHER = Notice("rules", "broken", "high", "Rules are broken", "One file is broken.")


class ToTheDesk:
    def sinks_for(self, match: Match) -> tuple[str, ...]:
        return ("desk",) if match.watchlist == "wirewatch" and match.rule == "wirewatch-operator" else ()

    def match(self, _event: object) -> Sequence[Match]:
        return ()


@pytest.fixture
def notices(database: Database) -> Notices:
    return Notices(Archive(database), Ledger(database, "alerts", "notices"), ToTheDesk())


def sent(database: Database, clock: Clock) -> list[str]:
    return [claim.alert.match.event.title for claim in Outbox(database).claim("desk", 10, clock())]


def test_given_a_change_when_told_then_it_is_an_ordinary_alert_on_its_way_to_its_sink(
    database: Database, notices: Notices, clock: SteppedClock
) -> None:
    assert notices.tell(DEAF, clock())

    (stored,) = Archive(database).alerts()
    assert (stored.status, stored.alert.match.severity) == ("live", "critical")
    assert sent(database, clock) == ["Wirewatch is deaf"]


def test_given_a_state_that_was_told_when_told_again_then_nobody_hears_it_twice_even_after_a_restart(
    database: Database, notices: Notices, clock: SteppedClock
) -> None:
    notices.tell(DEAF, clock())
    clock.step(3_600)

    again = Notices(Archive(database), Ledger(database, "alerts", "notices"), ToTheDesk())

    assert not notices.tell(DEAF, clock())
    assert not again.tell(DEAF, clock())
    assert again.told("sources") == "deaf"
    assert len(Archive(database).alerts()) == 1


def test_given_states_that_alternate_when_told_then_each_change_is_heard(
    notices: Notices, clock: SteppedClock
) -> None:
    told = []
    for notice in (DEAF, HEARS, DEAF, OTHER, HEARS):
        told.append(notices.tell(notice, clock()))
        clock.step(600)

    assert told == [True] * 5
    assert notices.told("rules") == "broken"
    assert notices.told("sources") == "hearing"


def test_given_many_that_see_one_change_when_all_tell_it_at_once_then_it_is_one_alert(
    database: Database, clock: SteppedClock
) -> None:
    def tell(number: int) -> bool:
        ledger = Ledger(database, "alerts", f"notices-{number}")
        return Notices(Archive(database), ledger, ToTheDesk()).tell(DEAF, clock())

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(tell, range(8)))

    assert any(told)
    assert len(Archive(database).alerts()) == 1
    assert len(sent(database, clock)) == 1
