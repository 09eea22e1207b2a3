"""The broker for tests: it comes, stays with its data, and goes."""

import socket
from pathlib import Path

from tests.support.kafka import own_broker


def answers(address: str) -> bool:
    host, port = address.rsplit(":", 1)
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except OSError:
        return False
    return True


def test_given_a_broker_when_killed_and_started_again_then_it_has_the_same_address(tmp_path: Path) -> None:
    with own_broker(tmp_path / "kafka") as broker:
        assert answers(broker.bootstrap)

        broker.kill()
        broker.start()

        assert answers(broker.bootstrap)
        broker.stop()
        assert not answers(broker.bootstrap)
