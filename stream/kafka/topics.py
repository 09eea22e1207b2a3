"""Making topics, and saying what is wrong with those that are there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from stream.kafka.client import ConfigResource, KafkaAdminClient, connect, kafka_errors, speaking
from stream.kafka.options import Connection, TopicOptions
from stream.kafka.publisher import MAX_REQUEST_BYTES

_COPIES = 3
_DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class TopicPlan:
    """A topic as it should be; `config` as Kafka writes it."""

    name: str
    partitions: int
    replication: int
    config: dict[str, str]


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic as it is. `config` holds what of the plan's settings was found."""

    partitions: int
    replication: int
    config: dict[str, str]


def plan(name: str, wanted: TopicOptions, brokers: int) -> TopicPlan:
    """Decide how a topic should be made on so many brokers."""
    copies = wanted.replication or min(_COPIES, brokers)
    insync = wanted.min_insync or max(1, copies - 1)
    return TopicPlan(
        name,
        wanted.partitions,
        copies,
        {
            "cleanup.policy": "delete",
            "compression.type": "producer",
            "max.message.bytes": str(MAX_REQUEST_BYTES),
            "message.timestamp.type": "CreateTime",
            "min.insync.replicas": str(insync),
            "retention.bytes": str(wanted.retention_bytes or -1),
            "retention.ms": str(int(wanted.retention_days * _DAY_MS)),
            "unclean.leader.election.enable": "false",
        },
    )


def misfits(wanted: TopicPlan, found: TopicState) -> list[str]:
    """Say how a topic differs from the plan, each with what to do; what only costs room is no misfit."""
    said = []
    if found.partitions < wanted.partitions:
        said.append(
            f"{found.partitions} partitions, wanted {wanted.partitions}: more can be added, "
            "but a story's order then holds only from there on"
        )
    if found.replication < wanted.replication:
        said.append(f"{found.replication} copies, wanted {wanted.replication}: reassign its replicas")
    for key, value in wanted.config.items():
        there = found.config.get(key)
        if there is not None and there != value and not _is_better(key, there, value):
            said.append(f"{key}={there}, wanted {value}: set it with kafka-configs")
    return said


def _is_better(key: str, there: str, wanted: str) -> bool:
    """Whether a setting gives more than was asked for."""
    if key in {"compression.type", "message.timestamp.type"}:
        return True
    if key in {"retention.ms", "retention.bytes"}:
        return int(there) == -1 or (int(wanted) != -1 and int(there) > int(wanted))
    return key in {"max.message.bytes", "min.insync.replicas"} and int(there) > int(wanted)


class Topics:
    """Asks the cluster. Every call raises LogUnavailableError when no broker answers or lets us in."""

    def __init__(self, admin: Any) -> None:
        self._admin = admin

    def brokers(self) -> int:
        """How many brokers there are."""
        with speaking("ask the cluster"):
            return len(self._admin.describe_cluster()["brokers"])

    def state(self, name: str) -> TopicState | None:
        """Say how a topic is; None when there is none."""
        with speaking(f"describe {name}"):
            (found,) = self._admin.describe_topics([name])
            if found["error_code"] == kafka_errors.UnknownTopicOrPartitionError.errno:
                return None
            if found["error_code"]:
                raise kafka_errors.for_code(found["error_code"])(name)
            configs = self._admin.describe_configs([ConfigResource("topic", name)], config_filter="all")
        partitions = found["partitions"]
        return TopicState(
            len(partitions),
            min((len(partition["replica_nodes"]) for partition in partitions), default=0),
            {key: str(value) for key, value in _configs(configs, name)},
        )

    def create(self, wanted: TopicPlan) -> None:
        """Make a topic; raises StreamError when the cluster will not."""
        with speaking(f"create {wanted.name}"):
            self._admin.create_topics(
                {
                    wanted.name: {
                        "num_partitions": wanted.partitions,
                        "replication_factor": wanted.replication,
                        "configs": wanted.config,
                    }
                },
                wait_for_metadata=True,
            )


@contextmanager
def open_topics(options: Connection) -> Iterator[Topics]:
    """Connect for a few questions."""
    admin = connect(KafkaAdminClient, options)
    try:
        yield Topics(admin)
    finally:
        admin.close()


def _configs(found: Any, name: str) -> Iterator[tuple[str, object]]:
    for key, entry in found["topic"][name].items():
        yield key, entry["value"] if isinstance(entry, dict) else entry
