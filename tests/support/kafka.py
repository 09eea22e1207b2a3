"""Real Apache Kafka for tests: one broker that all workers of a run share, and brokers of one's own.

`KAFKA_BOOTSTRAP_SERVERS` points the shared one at a broker that is there already. Without a broker the tests
are skipped with one line, and fail where CI promises one.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from stream.kafka.client import KafkaAdminClient, KafkaConsumer, TopicPartition, connect
from stream.kafka.consumer import TopicConsumer
from stream.kafka.options import KafkaOptions
from stream.kafka_log import KafkaLog
from tests.support.waiting import wait_for

_SCRIPT = Path(__file__).parents[2] / "scripts" / "kafka-broker"
CERTIFICATE = Path(__file__).with_name("localhost.pem")
USER, PASSWORD = "app", "app-secret"
_START_S = 180


@dataclass(frozen=True)
class Broker:
    """Where a broker is; `folder` is that of `scripts/kafka-broker`, None for one that was given."""

    bootstrap: str
    folder: Path | None = None

    @property
    def tls(self) -> str:
        return self._address("ssl")

    @property
    def sasl(self) -> str:
        return self._address("sasl")

    def freeze(self, node: int = 0) -> None:
        """Stop its process where it stands, and wait until every thread of it does."""
        pid = self.pid(node)
        os.kill(pid, signal.SIGSTOP)
        wait_for(lambda: all(_state(task) == "T" for task in Path(f"/proc/{pid}/task").iterdir()))

    def thaw(self, node: int = 0) -> None:
        os.kill(self.pid(node), signal.SIGCONT)

    def kill(self, node: int = 0) -> None:
        os.kill(self.pid(node), signal.SIGKILL)

    def stop(self) -> None:
        run_script("stop", str(self.folder))

    def start(self) -> None:
        run_script("start", str(self.folder), "--while", str(os.getpid()))

    def pid(self, node: int = 0) -> int:
        assert self.folder is not None
        return int((self.folder / f"node{node}" / "pid").read_text())

    def _address(self, name: str) -> str:
        if self.folder is None:
            pytest.skip("KAFKA_BOOTSTRAP_SERVERS names a broker without listeners of the test's own")
        return (self.folder / name).read_text()


def _state(task: Path) -> str:
    return (task / "stat").read_text().rpartition(")")[2].split()[0]


def run_script(*arguments: str) -> None:
    """Run `scripts/kafka-broker`, and say what it said when it fails."""
    command = [str(_SCRIPT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_START_S, check=False)
    if done.returncode:
        raise RuntimeError(f"scripts/kafka-broker {arguments[0]}: {done.stdout}{done.stderr}")


def require_broker() -> None:
    """Skip or fail where no broker can be started."""
    trouble = _trouble()
    if trouble and os.environ.get("CI"):
        raise RuntimeError(f"no Kafka, which CI promises: {trouble}")
    if trouble:
        pytest.skip(f"no Kafka broker (Debian, Ubuntu: apt install default-jre-headless maven): {trouble}")


@cache
def _trouble() -> str:
    """Why no broker can be started; Maven is needed only while its jars are not there yet."""
    if shutil.which("java") is None:
        return "no java"
    try:
        run_script("fetch")
    except RuntimeError as error:
        return str(error).strip().splitlines()[-1]
    return ""


def shared_broker(run_folder: Path) -> Broker:
    """The broker of this test run, started by who needs it first; it ends with the run."""
    if given := os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        return Broker(given)
    require_broker()
    folder = run_folder / "kafka"
    with (run_folder / "kafka.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            run_script("start", str(folder), "--while", str(_run_pid()), "--secure", str(CERTIFICATE))
            (folder / "ready").touch()
    return Broker((folder / "bootstrap").read_text(), folder)


@contextmanager
def own_broker(folder: Path, *options: str) -> Iterator[Broker]:
    """A broker that the test may freeze, kill and start again."""
    require_broker()
    run_script("start", str(folder), "--while", str(os.getpid()), *options)
    broker = Broker((folder / "bootstrap").read_text(), folder)
    try:
        yield broker
    finally:
        broker.stop()
        shutil.rmtree(folder, ignore_errors=True)


def run_folder(factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of this run share."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def _run_pid() -> int:
    """The process that lives as long as the run: the one that started the workers, or this one."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


def options_of(broker: Broker, topic: str, **more: Any) -> KafkaOptions:
    """How to reach a broker, with the short waits of tests."""
    given = {"bootstrap_servers": broker.bootstrap, "topic": topic, "append_timeout_s": 20.0}
    return KafkaOptions.model_validate({**given, "connect_timeout_s": 30.0, "session_timeout_s": 6.0, **more})


def admin_of(broker: Broker) -> Any:
    """An admin client of kafka-python; close it."""
    return connect(KafkaAdminClient, options_of(broker, "unused"))


def new_topic(broker: Broker, partitions: int = 1, **config: str) -> str:
    """Make a topic of one's own; returns its name."""
    name = f"test-{uuid.uuid4().hex}"
    make_topic(broker, name, partitions, **config)
    return name


def make_topic(broker: Broker, name: str, partitions: int = 1, **config: str) -> None:
    """Make a topic; its settings are written with underscores."""
    configs = {key.replace("_", "."): value for key, value in config.items()}
    with admin_of(broker) as admin:
        made = {"num_partitions": partitions, "replication_factor": 1, "configs": configs}
        admin.create_topics({name: made})
        admin.wait_for_topics([name], timeout_ms=60_000)


@contextmanager
def reading(log: KafkaLog, group: str) -> Iterator[TopicConsumer]:
    """A consumer that has its partitions."""
    consumer = log.consumer(group)
    try:
        wait_for(lambda: consumer.poll(1, 0.2) == [] and bool(consumer.assignment()))
        yield consumer
    finally:
        consumer.close()


def connected_reader(broker: Broker, topic: str, count: int) -> list[Any]:
    """The first messages of a topic of one partition, as kafka-python has them."""
    place = TopicPartition(topic, 0)
    client = connect(KafkaConsumer, options_of(broker, topic), auto_offset_reset="earliest")
    found: list[Any] = []
    try:
        client.assign([place])

        def have_all() -> bool:
            found.extend(client.poll(200).get(place, []))
            return len(found) >= count

        wait_for(have_all)
    finally:
        client.close()
    return found
