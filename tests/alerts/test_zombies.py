"""Two matchers that both believe they own a partition, on a PostgreSQL that crashes under them."""

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
from tests.support.proxy import Proxy, proxy_to
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
    """Two matchers: to the log they are two groups, so that both get every record; to us they are one."""

    def __init__(self, log: SqliteLog, database: Database) -> None:
        self.stop = threading.Event()
        self.registry = CollectorRegistry()
        metrics = AlertMetrics(self.registry)
        rules = Rules(WordMatcher("Freedonia"), FixedRouter("desk"))
        self.consumers = [log.consumer(f"matcher-{number}") for number in range(2)]
        self.threads = [
            threading.Thread(
                target=Consume(
                    consumer, Ledger(database, "alerts", "articles"), rules, metrics, utc_now, CONFIG
                ).run,
                args=[self.stop],
            )
            for consumer in self.consumers
        ]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(timeout=30)
        for consumer in self.consumers:
            consumer.close()


def stored(database: Database) -> tuple[int, int, int]:
    """Alerts, deliveries and counted matches."""
    with database.read() as connection:
        counts = [
            int(connection.execute(sa.text(f"SELECT COUNT(*) FROM {table}")).scalar_one())
            for table in ("alerts", "deliveries")
        ]
    return counts[0], counts[1], Archive(database).rule_stats()["Freedonia"].matches


def torment(pair: Pair, database: Database, server: Cluster, proxy: Proxy) -> None:
    """Crash the server, and lose the answers of commits, each at some place on the way."""
    for place in (EVENTS // 8, EVENTS // 3, EVENTS // 2):
        wait_for(lambda place=place: position(database) > place, 60)  # type: ignore[misc]  # bound now
        proxy.cut_after = lambda said: b"COMMIT\0" in said and proxy.cuts % 3 < 2
        cuts = proxy.cuts
        wait_for(lambda cuts=cuts: proxy.cuts > cuts, 60)  # type: ignore[misc]  # bound now
        proxy.cut_after = lambda _said: False
        server.restart()
    wait_for(lambda: position(database) == EVENTS + 1, 60)
    pair.end()


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
