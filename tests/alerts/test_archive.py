from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.batch import Batch, NewAlert
from alerts.outbox import Outbox
from alerts.schedule import Settlement
from alerts.store import archive
from alerts.store.archive import Archive
from alerts.store.database import Database
from alerts.store.ledger import Ledger
from tests.support.alerting import NOON, make_alert, make_event

HOUR = timedelta(hours=1)


def store(database: Database, *names: str, hours: float = 0, **changes: bool) -> None:
    at = NOON + hours * HOUR
    for name in names:
        alert = replace(make_alert(make_event(name, **changes)), created_at=at)
        deliveries = () if changes else ((f"{name}-desk", "desk"), (f"{name}-hook", "hook"))
        Ledger(database, "alerts", "articles").commit(
            Batch(alerts=(NewAlert(alert, deliveries),)), {}, {}, at
        )


def test_given_alerts_of_two_days_when_asked_of_lately_then_only_those_since_are_counted(
    database: Database,
) -> None:
    store(database, "old")
    store(database, "a", "b", hours=30)
    store(database, "late", hours=31, backlog=True)
    outbox = Outbox(database)
    claims = outbox.claim("hook", 2, NOON + 32 * HOUR)
    outbox.settle([(claim, Settlement("delivered", "delivered", "")) for claim in claims], NOON + 32 * HOUR)

    lately = Archive(database).lately(NOON + 8 * HOUR)

    assert lately.alerts == {"live": 2, "backlog": 1}
    assert lately.deliveries == {("desk", "pending"): 2, ("hook", "delivered"): 1, ("hook", "pending"): 1}
    assert (lately.raised, lately.is_capped) == (3, False)


def test_given_more_alerts_than_it_looks_at_when_asked_of_lately_then_it_says_that_there_are_more(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "LATELY_ALERTS", 2)
    store(database, "a", "b", "c")

    lately = Archive(database).lately(NOON)

    assert (lately.raised, lately.is_capped) == (2, True)
