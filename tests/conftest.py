"""What all tests share."""

import pytest
from hypothesis import HealthCheck, settings

from tests.support.kafka import Broker, run_folder, shared_broker

# How long an example takes says more about the machine's other work than about the code: speed is bench/'s.
settings.register_profile("wirewatch", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("wirewatch")


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Broker:
    """The Kafka that all workers of this run share: take topics and groups of your own on it."""
    return shared_broker(run_folder(tmp_path_factory))
