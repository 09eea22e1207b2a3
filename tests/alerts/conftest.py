from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from prometheus_client import CollectorRegistry

from alerts.metrics import AlertMetrics
from alerts.store.database import Database, open_sqlite
from alerts.store.postgres import open_postgres
from alerts.store.tables import metadata
from stream.db import Database as LogDatabase
from stream.server import Server
from stream.sqlite_log import SqliteLog
from tests.alerts.matching import House
from tests.alerts.office import Office
from tests.support import postgres
from tests.support.alerting import SteppedClock
from tests.support.proxy import Proxy, proxy_to


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> Iterator[Server]:
    """A database with our tables, which tests use in turn."""
    with postgres.fresh_database(postgres_server) as url:
        open_postgres(Server(url)).close()
        yield Server(url)


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    database = open_sqlite(tmp_path / "alerts.db")
    yield database
    database.close()


@pytest.fixture
def postgres_database(migrated_postgres: Server) -> Iterator[Database]:
    postgres.empty(migrated_postgres.url, [table.name for table in metadata.sorted_tables])
    database = open_postgres(migrated_postgres)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    """The database of alerts: each test that takes it runs on both."""
    opened: Database = request.getfixturevalue(f"{request.param}_database")
    return opened


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def metrics(registry: CollectorRegistry) -> AlertMetrics:
    return AlertMetrics(registry)


@pytest.fixture
def office(database: Database, clock: SteppedClock) -> Office:
    return Office(database, clock)


@pytest.fixture
def proxy(migrated_postgres: Server) -> Iterator[Proxy]:
    parts = psycopg.conninfo.conninfo_to_dict(migrated_postgres.url)
    with proxy_to(str(parts["host"]), int(str(parts["port"]))) as proxy:
        yield proxy


@pytest.fixture
def far(postgres_database: Database, migrated_postgres: Server, proxy: Proxy) -> Iterator[Database]:
    """The same database, through the proxy."""
    del postgres_database  # which has emptied it
    database = open_postgres(Server(f"{migrated_postgres.url}&port={proxy.port}"))
    yield database
    proxy.cut_after = lambda _said: False
    database.close()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    database = LogDatabase(tmp_path / "log.db", SqliteLog.MIGRATIONS)
    yield SqliteLog(database)
    database.close()


@pytest.fixture
def house(log: SqliteLog, database: Database, clock: SteppedClock) -> House:
    return House(log, database, clock)
