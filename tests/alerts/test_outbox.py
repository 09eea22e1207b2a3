import random
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.batch import Batch, NewAlert
from alerts.metrics import SinkBacklog
from alerts.outbox import LEASE, Outbox
from alerts.schedule import WEBHOOK, Settlement, settle
from alerts.sinks import Delivered, RetryLater
from alerts.store.archive import Archive
from alerts.store.database import Database
from alerts.store.dead_letters import DeadLetters
from alerts.store.ledger import Ledger
from tests.support.alerting import NOON, SteppedClock, make_alert, make_event

DONE = Settlement("delivered", "delivered", "200")
DEAD = Settlement("dead", "rejected", "550 no such user")


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database)


def store(database: Database, *names: str, sinks: tuple[str, ...] = ("hook",), at: float = 0) -> None:
    alerts = tuple(
        NewAlert(make_alert(make_event(name)), tuple((f"{name}-{sink}", sink) for sink in sinks))
        for name in names
    )
    Ledger(database, "alerts", "articles").commit(Batch(alerts=alerts), {}, {}, NOON + timedelta(seconds=at))


def keys(outbox: Outbox, sink: str = "hook", limit: int = 10, at: float = 0) -> list[str]:
    return [claim.key for claim in outbox.claim(sink, limit, NOON + timedelta(seconds=at))]


def test_given_stored_deliveries_when_claimed_then_each_is_lent_once_with_its_alert(
    database: Database, outbox: Outbox
) -> None:
    store(database, "a", "b", sinks=("hook", "desk"))

    first = outbox.claim("hook", 10, NOON)
    second = outbox.claim("hook", 10, NOON)

    assert [(claim.key, claim.attempt) for claim in first] == [("a-hook", 1), ("b-hook", 1)]
    assert first[0].alert == make_alert(make_event("a"))
    assert second == []
    assert keys(outbox, "desk") == ["a-desk", "b-desk"]


def test_given_more_than_the_limit_when_claimed_then_the_longest_due_come_first(
    database: Database, outbox: Outbox
) -> None:
    store(database, "late", at=2)
    store(database, "early", at=1)
    store(database, "future", at=99)

    assert keys(outbox, limit=1, at=10) == ["early-hook"]
    assert keys(outbox, at=10) == ["late-hook"]
    assert keys(outbox, at=10) == []


def test_given_alerts_of_one_batch_when_claimed_then_they_leave_in_the_order_of_the_log(
    database: Database, outbox: Outbox
) -> None:
    store(database, "z", "a", "m")

    assert keys(outbox, limit=2) == ["z-hook", "a-hook"]


def test_given_a_claim_when_settled_then_it_is_over(database: Database, outbox: Outbox) -> None:
    store(database, "a")
    (claim,) = outbox.claim("hook", 1, NOON)

    counted = outbox.settle([(claim, DONE)], NOON)

    assert counted == 1
    assert keys(outbox, at=1e6) == []
    assert outbox.next_due("hook") is None
    assert outbox.backlog() == []
    assert [(one.state, one.detail) for one in Archive(database).outbox()] == [("delivered", "200")]


def test_given_a_dead_settlement_when_settled_then_it_is_a_dead_letter_that_can_be_retried(
    database: Database, outbox: Outbox
) -> None:
    store(database, "a")
    (claim,) = outbox.claim("hook", 1, NOON)
    outbox.settle([(claim, DEAD)], NOON)
    (letter,) = DeadLetters(database).list(kind="delivery")

    asked = DeadLetters(database).retry(letter.id, NOON + timedelta(hours=1))

    assert (letter.reason, letter.detail, letter.delivery_key) == ("rejected", "550 no such user", "a-hook")
    assert asked
    assert not DeadLetters(database).retry(letter.id, NOON + timedelta(hours=1))
    (again,) = outbox.claim("hook", 1, NOON + timedelta(hours=1))
    assert (again.key, again.attempt) == ("a-hook", 1)


def test_given_a_lease_that_ran_out_when_expired_then_it_is_due_again_and_the_old_claim_is_fenced(
    database: Database, outbox: Outbox
) -> None:
    store(database, "a")
    (zombie,) = outbox.claim("hook", 1, NOON)
    after_lease = NOON + LEASE

    expired = [outbox.expire("hook", at) for at in (after_lease - timedelta(seconds=1), after_lease)]
    (claim,) = outbox.claim("hook", 1, after_lease)

    assert expired == [0, 1]
    assert (claim.key, claim.attempt) == ("a-hook", 2)
    assert outbox.settle([(zombie, DEAD)], after_lease) == 0
    assert DeadLetters(database).list() == []
    assert outbox.settle([(claim, DONE)], after_lease) == 1
    assert outbox.settle([(claim, DEAD)], after_lease) == 0


def test_given_a_dead_predecessor_when_the_only_deliverer_starts_then_its_leases_end_at_once(
    database: Database, outbox: Outbox
) -> None:
    store(database, "a", "b")
    outbox.claim("hook", 1, NOON)

    assert outbox.expire("hook", NOON, all_leases=True) == 1
    assert sorted(keys(outbox)) == ["a-hook", "b-hook"]


def test_given_a_claim_when_released_then_it_is_due_at_once_and_the_attempt_does_not_count(
    database: Database, outbox: Outbox
) -> None:
    store(database, "a")

    outbox.release(outbox.claim("hook", 1, NOON), NOON)

    assert [claim.attempt for claim in outbox.claim("hook", 1, NOON)] == [1]


def test_given_a_sink_dead_for_good_when_given_up_then_only_the_old_are_buried(
    database: Database, outbox: Outbox
) -> None:
    store(database, "old")
    store(database, "new", at=100)

    reasons = outbox.give_up("hook", NOON + timedelta(seconds=50), NOON + timedelta(seconds=200))

    assert reasons == ["expired"]
    assert [letter.delivery_key for letter in DeadLetters(database).list()] == ["old-hook"]
    assert keys(outbox, at=200) == ["new-hook"]


def test_given_an_alert_that_cannot_be_read_when_claimed_then_it_is_dead_and_the_next_comes(
    database: Database, outbox: Outbox
) -> None:
    store(database, "a", "b")
    with database.write() as connection:
        connection.execute(
            sa.text("UPDATE alert_events SET encoded = 'x' WHERE event_id = :id"),
            {"id": make_event("a").event_id},
        )

    assert keys(outbox) == ["b-hook"]
    assert [letter.reason for letter in DeadLetters(database).list()] == ["unreadable"]


def test_given_a_pending_delivery_when_retried_by_hand_then_it_is_due_now(
    database: Database, outbox: Outbox
) -> None:
    store(database, "a")
    (claim,) = outbox.claim("hook", 1, NOON)
    later = settle(RetryLater(None, "tls"), 6, NOON, NOON, WEBHOOK, random.Random(1))
    outbox.settle([(claim, later)], NOON)

    retried = [outbox.retry(key, NOON) for key in ("a-hook", "unknown")]

    assert retried == [True, False]
    assert [one.attempt for one in outbox.claim("hook", 1, NOON)] == [1]


def test_given_waiting_deliveries_when_asked_then_the_backlog_and_the_next_time_are_known(
    database: Database, outbox: Outbox
) -> None:
    store(database, "a", "b")
    store(database, "c", sinks=("desk",), at=5)
    outbox.claim("hook", 1, NOON)

    backlog = sorted(outbox.backlog(), key=lambda waiting: waiting.sink)

    assert backlog == [SinkBacklog("desk", 1, NOON + timedelta(seconds=5)), SinkBacklog("hook", 2, NOON)]
    assert outbox.next_due("hook") == NOON
    assert outbox.next_due("unknown") is None


def test_given_many_settled_when_claiming_then_the_small_index_is_used(
    sqlite_database: Database,
) -> None:
    statement = (
        "EXPLAIN QUERY PLAN SELECT delivery_key FROM deliveries WHERE sink = 'a' AND state = 'pending' "
        "AND settled_at IS NULL AND next_attempt_at <= 5 ORDER BY next_attempt_at LIMIT 3"
    )
    with sqlite_database.read() as connection:
        plan = " ".join(row[-1] for row in connection.exec_driver_sql(statement))

    assert "ix_deliveries_due" in plan
    assert "TEMP B-TREE" not in plan


_steps = st.lists(st.sampled_from(["deliver", "fail", "crash", "stop", "wait"]), max_size=60)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_steps, seed=st.integers(0, 1_000))
def test_given_any_life_of_a_deliverer_when_76_hours_pass_then_each_key_ends_once(
    database: Database, steps: list[str], seed: int
) -> None:
    with database.write() as connection:
        for table in ("dead_letters", "deliveries", "alerts", "alert_events"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    outbox, clock, rng = Outbox(database), SteppedClock(), random.Random(seed)
    store(database, "a", "b", "c")
    sent: list[str] = []

    for step in [*steps, *["fail"] * 40]:
        outbox.expire("hook", clock())
        claims = outbox.claim("hook", 2, clock())
        sent += [claim.key for claim in claims]
        if step == "crash":
            clock.step(1)
        elif step == "stop":
            outbox.release(claims, clock())
        elif step != "wait":
            outcome = Delivered() if step == "deliver" else RetryLater(None, "server_error")
            settled = [(c, settle(outcome, c.attempt, c.queued_at, clock(), WEBHOOK, rng)) for c in claims]
            outbox.settle(settled, clock())
        due = outbox.next_due("hook")
        clock.now = max(clock.now, due) if due else clock.now

    with database.read() as connection:
        rows = connection.execute(sa.text("SELECT delivery_key, state, attempt FROM deliveries")).all()
    letters = {letter.delivery_key for letter in DeadLetters(database).list()}
    assert {row.state for row in rows} <= {"delivered", "dead"}
    assert {row.delivery_key for row in rows if row.state == "dead"} == letters
    assert {row.delivery_key for row in rows} <= set(sent)
    assert all(row.attempt >= 1 for row in rows)
