"""What all tests share."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from stream.server import Server
from tests.support import postgres
from tests.support.kafka import Broker, run_folder, shared_broker

# How long an example takes says more about the machine's other work than about the code: speed is bench/'s.
settings.register_profile("wirewatch", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("wirewatch")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL of this process; it starts when a test first asks."""
    with postgres.server() as url:
        yield url


@pytest.fixture
def empty_postgres(postgres_server: str) -> Iterator[Server]:
    """A database of the test's own."""
    with postgres.fresh_database(postgres_server) as url:
        yield Server(url)


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Broker:
    """The Kafka that all workers of this run share: take topics and groups of your own on it."""
    return shared_broker(run_folder(tmp_path_factory))
