from collections import Counter
from datetime import timedelta

import pytest

from alerts.batch import Batch, DeadRecord, NewAlert
from alerts.store.archive import Archive
from alerts.store.database import Database
from alerts.store.dead_letters import DeadLetters
from alerts.store.ledger import UNKNOWN, Ledger, Position
from stream.errors import CommitRefusedError
from tests.support.alerting import NOON, make_alert, make_event, make_record


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database, "alerts", "articles")


def make_batch(name: str = "one") -> Batch:
    event = make_event(name)
    new = NewAlert(make_alert(event), ((f"key-{name}", "desk"),))
    return Batch(
        inbox=((event.event_id, 1),),
        alerts=(new,),
        dead=(DeadRecord("invalid_json", "at byte 1", make_record(b"{", 7)),),
        matches=Counter({"pact": 1}),
    )


def test_given_a_new_group_when_adopted_then_the_log_decides_where_to_begin(ledger: Ledger) -> None:
    assert ledger.adopt(0, NOON) == Position(UNKNOWN, 1)


def test_given_a_batch_when_committed_then_all_of_it_is_there(database: Database, ledger: Ledger) -> None:
    batch = make_batch()

    advanced = ledger.commit(batch, {0: ledger.adopt(0, NOON)}, {0: 8}, NOON)

    assert advanced == {0: Position(8, 1)}
    assert ledger.adopt(0, NOON) == Position(8, 2)
    assert ledger.seen([(make_event().event_id, 1), (make_event().event_id, 2)]) == {
        (make_event().event_id, 1)
    }
    assert ledger.known_alerts([make_alert().alert_id, "other"]) == {make_alert().alert_id}
    archive = Archive(database)
    assert [stored.alert for stored in archive.alerts()] == [make_alert()]
    assert [delivery.delivery_key for delivery in archive.deliveries(make_alert().alert_id)] == ["key-one"]
    assert archive.rule_stats()["pact"].matches == 1
    (letter,) = DeadLetters(database).list()
    assert (letter.reason, letter.offset, letter.raw_bytes) == ("invalid_json", 7, 1)


def test_given_a_lineage_when_committed_then_the_position_keeps_it_until_it_is_forgotten(
    ledger: Ledger,
) -> None:
    ledger.commit(make_batch(), {0: ledger.adopt(0, NOON)}, {0: 8}, NOON, {0: "b@5 a@1"})

    kept = ledger.adopt(0, NOON)
    ledger.forget({0}, NOON)

    assert kept == Position(8, 2, "b@5 a@1")
    assert ledger.adopt(0, NOON) == Position(UNKNOWN, 4)


def test_given_a_zombie_when_it_commits_then_it_is_refused_and_leaves_nothing(
    database: Database, ledger: Ledger
) -> None:
    zombie = {0: ledger.adopt(0, NOON)}
    ledger.adopt(0, NOON)

    with pytest.raises(CommitRefusedError):
        ledger.commit(make_batch(), zombie, {0: 8}, NOON)

    assert Archive(database).alerts() == []
    assert DeadLetters(database).list() == []
    assert ledger.seen([(make_event().event_id, 1)]) == set()


def test_given_two_partitions_and_one_lost_when_committed_then_neither_advances(ledger: Ledger) -> None:
    owned = {partition: ledger.adopt(partition, NOON) for partition in (0, 1)}
    ledger.adopt(1, NOON)

    with pytest.raises(CommitRefusedError):
        ledger.commit(Batch(), owned, {0: 5, 1: 6}, NOON)

    assert ledger.adopt(0, NOON).next_offset == UNKNOWN


def test_given_the_same_batch_twice_when_committed_then_the_second_adds_nothing(
    database: Database, ledger: Ledger
) -> None:
    owned = ledger.commit(make_batch(), {0: ledger.adopt(0, NOON)}, {0: 8}, NOON)

    ledger.commit(Batch(inbox=make_batch().inbox, alerts=make_batch().alerts), owned, {0: 9}, NOON)

    assert len(Archive(database).alerts()) == 1
    assert len(Archive(database).outbox()) == 1


def test_given_an_article_of_two_rules_when_stored_then_its_text_is_kept_once(
    database: Database, ledger: Ledger
) -> None:
    alerts = tuple(NewAlert(make_alert(rule=rule), ()) for rule in ("a", "b"))

    ledger.commit(Batch(alerts=alerts), {}, {}, NOON)

    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM alert_events").scalar_one() == 1


def test_given_a_huge_poison_record_when_stored_then_its_first_megabyte_is_kept(
    database: Database, ledger: Ledger
) -> None:
    dead = DeadRecord("invalid_json", "", make_record(b"x" * 3_000_000))

    ledger.commit(Batch(dead=(dead,)), {}, {}, NOON)

    assert [letter.raw_bytes for letter in DeadLetters(database).list()] == [1_000_000]


def test_given_an_old_inbox_when_pruned_then_only_the_old_is_forgotten(ledger: Ledger) -> None:
    ledger.commit(Batch(inbox=(("old", 1), ("older", 1))), {}, {}, NOON - timedelta(days=50))
    ledger.commit(Batch(inbox=(("new", 1),)), {}, {}, NOON)

    pruned = [ledger.prune_inbox(NOON - timedelta(days=45), 1) for _ in range(3)]

    assert pruned == [1, 1, 0]
    assert ledger.seen([("old", 1), ("older", 1), ("new", 1)]) == {("new", 1)}


def test_given_matchers_that_died_where_they_began_when_adopted_then_their_starts_are_counted(
    ledger: Ledger,
) -> None:
    owned = {0: ledger.adopt(0, NOON)}
    ledger.commit(make_batch(), owned, {0: 8}, NOON)  # got to 8, and died there

    starts = [ledger.adopt(0, NOON).starts for _ in range(2)]

    assert owned[0].starts == 1
    assert starts == [2, 3]


def test_given_a_matcher_that_went_on_when_the_next_dies_then_the_count_begins_anew(ledger: Ledger) -> None:
    for _ in range(3):
        position = ledger.adopt(0, NOON)
    advanced = ledger.commit(make_batch(), {0: position}, {0: 8}, NOON)

    assert position.starts == 3
    assert advanced[0].starts == 0
    assert ledger.adopt(0, NOON).starts == 2


def test_given_a_matcher_that_let_go_or_adopts_anew_when_adopted_then_nobody_has_died(
    ledger: Ledger,
) -> None:
    zombie = {0: ledger.adopt(0, NOON)}
    ledger.adopt(0, NOON, is_start=False)

    ledger.let_go(zombie)
    assert ledger.adopt(0, NOON, is_start=False).starts == 1

    ours = {0: ledger.adopt(0, NOON)}
    ledger.let_go(ours)
    assert ledger.adopt(0, NOON).starts == 1
