import pytest

from tests.stream.kafka.topics import Topic, topic_on
from tests.support.kafka import Broker


@pytest.fixture
def topic(broker: Broker) -> Topic:
    return topic_on(broker)
