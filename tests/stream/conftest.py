from collections.abc import Iterator
from pathlib import Path

import pytest

from stream.db import Database
from stream.sqlite_log import SqliteLog
from tests.stream.logs import EmbeddedLog, KafkaUnderTest, LogUnderTest, OpenLog


@pytest.fixture(params=["embedded", "kafka"])
def open_log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenLog]:
    opened: list[EmbeddedLog | KafkaUnderTest] = []

    def open_log(partitions: int) -> LogUnderTest:
        if request.param == "kafka":
            opened.append(KafkaUnderTest(request.getfixturevalue("broker"), partitions))
        else:
            opened.append(EmbeddedLog(tmp_path / "log.db"))
        return opened[-1]

    yield open_log
    for log in opened:
        log.close()


@pytest.fixture
def log(open_log: OpenLog) -> LogUnderTest:
    return open_log(1)


@pytest.fixture
def open_shared(request: pytest.FixtureRequest) -> Iterator[OpenLog]:
    """The log whose groups share partitions out: Kafka's."""
    opened: list[KafkaUnderTest] = []

    def open_shared(partitions: int) -> LogUnderTest:
        opened.append(KafkaUnderTest(request.getfixturevalue("broker"), partitions))
        return opened[-1]

    yield open_shared
    for log in opened:
        log.close()


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[EmbeddedLog]:
    """The log of which more is promised than of every log."""
    log = EmbeddedLog(tmp_path / "log.db")
    yield log
    log.close()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "log.db", SqliteLog.MIGRATIONS) as database:
        yield database
