"""What only PostgreSQL has: many processes, connections that break, a server that restarts."""

import pytest
import sqlalchemy as sa

from alerts.outbox import Outbox
from alerts.schedule import Settlement
from alerts.store.archive import Archive
from alerts.store.database import Database, version
from alerts.store.ledger import Ledger, Position
from alerts.store.tables import SCHEMA
from stream.errors import CommitRefusedError, CommitUnknownError
from tests.alerts.far import batch_of, is_commit, once
from tests.support.alerting import NOON
from tests.support.proxy import Proxy


def test_given_a_commit_whose_answer_is_lost_when_asked_then_it_is_known_to_be_stored(
    far: Database, postgres_database: Database, proxy: Proxy
) -> None:
    ledger = Ledger(far, "alerts", "articles")
    owned = {0: ledger.adopt(0, NOON)}
    proxy.cut_after = once(is_commit)

    advanced = ledger.commit(batch_of("a"), owned, {0: 8}, NOON)

    assert proxy.cuts == 1
    assert advanced == {0: Position(8, owned[0].owner_epoch)}
    assert ledger.commit(batch_of("b"), advanced, {0: 9}, NOON) == {0: Position(9, owned[0].owner_epoch)}
    assert len(Archive(postgres_database).alerts()) == 2


def test_given_a_commit_that_never_arrived_when_asked_then_nothing_is_stored_and_it_can_be_done_again(
    far: Database, postgres_database: Database, proxy: Proxy
) -> None:
    ledger = Ledger(far, "alerts", "articles")
    owned = {0: ledger.adopt(0, NOON)}

    def sever_before(said: bytes) -> bool:
        if is_commit(said):
            proxy.cut_after = lambda _said: False
            raise ConnectionResetError  # what the client said goes nowhere
        return False

    proxy.cut_after = sever_before
    with pytest.raises(CommitUnknownError):
        ledger.commit(batch_of("a"), owned, {0: 8}, NOON)

    assert Archive(postgres_database).alerts() == []
    assert ledger.commit(batch_of("a"), owned, {0: 8}, NOON)[0].next_offset == 8


def test_given_a_lost_answer_and_another_owner_when_asked_then_the_old_owner_does_not_trust_it(
    far: Database, postgres_database: Database, proxy: Proxy
) -> None:
    ledger, other = Ledger(far, "alerts", "articles"), Ledger(postgres_database, "alerts", "articles")
    owned = {0: ledger.adopt(0, NOON)}

    def adopt_by_other(said: bytes) -> bool:
        if is_commit(said):
            proxy.cut_after = adopting
            return True
        return False

    def adopting(_said: bytes) -> bool:
        proxy.cut_after = lambda _said: False
        other.adopt(0, NOON)
        return False

    proxy.cut_after = adopt_by_other
    with pytest.raises(CommitUnknownError):
        ledger.commit(batch_of("a"), owned, {0: 8}, NOON)

    assert other.adopt(0, NOON).next_offset == 8
    with pytest.raises(CommitRefusedError):
        ledger.commit(batch_of("b"), owned, {0: 9}, NOON)


def test_given_a_settlement_whose_answer_is_lost_when_repeated_then_it_counts_once(
    far: Database, postgres_database: Database, proxy: Proxy
) -> None:
    Ledger(far, "alerts", "articles").commit(batch_of("a"), {}, {}, NOON)
    outbox = Outbox(far)
    (claim,) = outbox.claim("hook", 1, NOON)
    dead = Settlement("dead", "rejected", "550 no such user")
    proxy.cut_after = once(is_commit)

    with pytest.raises(CommitUnknownError):
        outbox.settle([(claim, dead)], NOON)

    assert outbox.settle([(claim, dead)], NOON) == 0
    with postgres_database.read() as connection:
        assert connection.execute(sa.text("SELECT COUNT(*) FROM dead_letters")).scalar_one() == 1


def test_given_every_connection_cut_when_used_again_then_the_pool_has_recovered(
    far: Database, proxy: Proxy
) -> None:
    assert version(far) == SCHEMA

    proxy.sever()

    assert version(far) == SCHEMA
