from datetime import datetime, timedelta

import sqlalchemy as sa

from alerts.batch import Batch, DeadRecord, NewAlert
from alerts.outbox import Outbox
from alerts.schedule import Settlement
from alerts.store.archive import Archive
from alerts.store.database import Database
from alerts.store.dead_letters import DeadLetters
from alerts.store.ledger import Ledger
from alerts.store.retention import Retention, remove_all
from tests.support.alerting import NOON, make_alert, make_event, make_record

YEAR = timedelta(days=365)
DONE = Settlement("delivered", "delivered", "200")


def store(
    database: Database, name: str, at: datetime, *rules: str, sinks: tuple[str, ...] = ("hook",)
) -> None:
    event = make_event(name)
    alerts = tuple(
        NewAlert(
            type(alert)(alert.alert_id, alert.match, at),
            tuple((f"{alert.alert_id}-{sink}", sink) for sink in sinks),
        )
        for alert in (make_alert(event, rule) for rule in rules or ("pact",))
    )
    Ledger(database, "alerts", "articles").commit(Batch(alerts=alerts), {}, {}, at)


def settle(database: Database, sink: str, at: datetime, limit: int = 99) -> None:
    outbox = Outbox(database)
    outbox.settle([(claim, DONE) for claim in outbox.claim(sink, limit, at)], at)


def count(database: Database, table: str) -> int:
    with database.read() as connection:
        return int(connection.execute(sa.text(f"SELECT COUNT(*) FROM {table}")).scalar_one())


def titles(database: Database) -> list[str]:
    return sorted(one.alert.match.event.title[-3:].strip() for one in Archive(database).alerts())


def test_given_old_and_settled_alerts_when_removed_then_nothing_of_them_is_left(database: Database) -> None:
    store(database, "old", NOON - YEAR, sinks=("hook", "desk"))
    settle(database, "hook", NOON - YEAR)
    settle(database, "desk", NOON - YEAR)
    store(database, "new", NOON)
    settle(database, "hook", NOON)

    removed = Retention(database).remove(NOON - timedelta(days=300))

    assert removed == 1
    assert titles(database) == ["new"]
    assert (count(database, "deliveries"), count(database, "alert_events")) == (1, 1)


def test_given_an_old_alert_that_waits_or_was_settled_lately_when_removed_then_it_stays(
    database: Database,
) -> None:
    store(database, "wai", NOON - YEAR, sinks=("hook", "dead-sink"))
    settle(database, "hook", NOON - YEAR)
    store(database, "lat", NOON - YEAR, sinks=("slow",))
    settle(database, "slow", NOON)

    removed = Retention(database).remove(NOON - timedelta(days=300))

    assert removed == 0
    assert titles(database) == ["lat", "wai"]


def test_given_an_article_of_a_new_alert_when_the_old_one_is_removed_then_the_article_stays(
    database: Database,
) -> None:
    store(database, "one", NOON - YEAR, "before", sinks=())
    store(database, "one", NOON, "since", sinks=())

    removed = Retention(database).remove(NOON - timedelta(days=300))

    assert removed == 1
    assert [one.alert.match.rule for one in Archive(database).alerts()] == ["since"]


def test_given_more_than_one_transaction_holds_when_removed_then_all_go_in_small_steps(
    database: Database,
) -> None:
    for number in range(7):
        store(database, f"n{number}", NOON - YEAR, sinks=())
    retention = Retention(database)

    first = retention.remove(NOON, 3)
    rest = remove_all(retention, NOON, lambda: False, 3)

    assert (first, rest, count(database, "alerts")) == (3, 4, 0)


def test_given_old_dead_letters_when_removed_then_only_those_that_wait_for_a_try_stay(
    database: Database,
) -> None:
    ledger, letters = Ledger(database, "alerts", "articles"), DeadLetters(database)
    for offset in (1, 2):
        dead = DeadRecord("invalid_json", "", make_record(b"{", offset))
        ledger.commit(Batch(dead=(dead,)), {}, {}, NOON - YEAR)
    letters.retry(letters.list()[0].id, NOON)

    removed = Retention(database).remove(NOON - timedelta(days=300))

    assert removed == 1
    assert [letter.offset for letter in letters.list()] == [2]


def test_given_another_process_that_removes_when_removed_then_it_is_left_to_it(
    postgres_database: Database,
) -> None:
    store(postgres_database, "old", NOON - YEAR, sinks=())
    retention = Retention(postgres_database)
    with postgres_database.write() as other:
        assert retention._is_alone(other)

        meanwhile = retention.remove(NOON)

    assert (meanwhile, retention.remove(NOON)) == (0, 1)
