"""Two matchers that both believe they own a partition, on a PostgreSQL that crashes under them."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from prometheus_client import CollectorRegistry

from alerts.consume import Consume, ConsumeConfig, Rules
from alerts.metrics import AlertMetrics
from alerts.store.archive import Archive
from alerts.store.database import Database
from alerts.store.ledger import Ledger
from alerts.store.postgres import open_postgres
from stream.db import Database as LogDatabase
from stream.errors import StreamError
from stream.server import Server
from stream.sqlite_log import SqliteLog
from stream.timing import utc_now
from tests.support.alerting import FixedRouter, WordMatcher, make_event
from tests.support.postgres import Cluster, cluster
from tests.support.proxy import Proxy, never, proxy_to
from tests.support.waiting import wait_for

EVENTS = 900
CONFIG = ConsumeConfig(poll_timeout_s=0.01, max_records=30, first_pause_s=0.02, longest_pause_s=0.2)


@pytest.fixture
def server() -> Iterator[Cluster]:
    with cluster() as own:
        yield own


@pytest.fixture
def proxy(server: Cluster) -> Iterator[Proxy]:
    with proxy_to("127.0.0.1", server.port) as proxy:
        yield proxy


@pytest.fixture
def database(proxy: Proxy) -> Iterator[Database]:
    database = open_postgres(Server(f"postgresql://wirewatch@127.0.0.1:{proxy.port}/postgres"))
    yield database
    database.close()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    file = LogDatabase(tmp_path / "log.db", SqliteLog.MIGRATIONS)
    log = SqliteLog(file)
    log.producer().append([make_event(f"{number:04}") for number in range(EVENTS)])
    yield log
    file.close()


def position(database: Database) -> int:
    """Where the partition stands; -1 as long as nobody can say."""
    try:
        with database.read() as connection:
            return int(connection.execute(sa.text("SELECT MAX(next_offset) FROM positions")).scalar() or -1)
    except StreamError:
        return -1


class Pair:
    """A matcher and its zombie: to the log they are two groups, so that both get every record; to us one.

    The zombie wakes up now and then for a step or two, as a frozen process does: it takes the partition
    over, or commits under an epoch that is no longer its own.
    """

    def __init__(self, log: SqliteLog, database: Database) -> None:
        self._stop = threading.Event()
        metrics = AlertMetrics(CollectorRegistry())
        rules = Rules(WordMatcher("Freedonia"), FixedRouter("desk"))
        self._consumers = [log.consumer(f"matcher-{number}") for number in range(2)]
        live, self._zombie = (
            Consume(consumer, Ledger(database, "alerts", "articles"), rules, metrics, utc_now, CONFIG)
            for consumer in self._consumers
        )
        self._thread = threading.Thread(target=live.run, args=[self._stop])

    def start(self) -> None:
        self._thread.start()

    def wake_the_zombie(self) -> None:
        for _ in range(2):
            with contextlib.suppress(StreamError):
                self._zombie.step()

    def end(self) -> None:
        self._stop.set()
        self._thread.join(timeout=30)
        for consumer in self._consumers:
            consumer.close()


def stored(database: Database) -> tuple[int, int, int]:
    """Alerts, deliveries and counted matches."""
    with database.read() as connection:
        counts = [
            int(connection.execute(sa.text(f"SELECT COUNT(*) FROM {table}")).scalar_one())
            for table in ("alerts", "deliveries")
        ]
    return counts[0], counts[1], Archive(database).rule_stats()["Freedonia"].matches


def wait_until_past(database: Database, place: int) -> None:
    wait_for(lambda: position(database) > place, 60)


def lose_the_answer_of_a_commit(proxy: Proxy) -> None:
    cuts = proxy.cuts
    proxy.cut_after = lambda said: proxy.cuts == cuts and b"COMMIT\0" in said
    wait_for(lambda: proxy.cuts > cuts, 60)
    proxy.cut_after = never


def torment(pair: Pair, database: Database, server: Cluster, proxy: Proxy) -> None:
    """Crash the server, and lose the answers of commits, each at some place on the way."""
    for place in (EVENTS // 8, EVENTS // 3, EVENTS // 2):
        wait_until_past(database, place)
        pair.wake_the_zombie()
        lose_the_answer_of_a_commit(proxy)
        pair.wake_the_zombie()
        server.restart()
    wait_for(lambda: position(database) == EVENTS + 1, 60)


@pytest.mark.timeout(240)
def test_given_two_owners_and_a_server_that_crashes_when_all_is_read_then_every_alert_is_there_once(
    log: SqliteLog, database: Database, server: Cluster, proxy: Proxy
) -> None:
    pair = Pair(log, database)
    pair.start()
    try:
        torment(pair, database, server, proxy)
    finally:
        pair.end()

    assert stored(database) == (EVENTS, EVENTS, EVENTS)
    assert proxy.cuts >= 3
