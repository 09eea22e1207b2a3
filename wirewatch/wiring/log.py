"""Wiring of the log that is read: the embedded one, or Kafka with a forwarder to it."""

import logging
from pathlib import Path

from alerts.store.database import Database as AlertDatabase
from alerts.store.ledger import Ledger
from stream.forward import GROUP as FORWARD
from stream.forward import Forwarder
from stream.kafka.options import KafkaOptions
from stream.log import Consumer
from stream.metrics import StreamMetrics
from stream.open import StreamOptions
from stream.sqlite_log import SqliteLog
from wirewatch.roles.forward import ForwardRole

logger = logging.getLogger(__name__)

GROUP = "alerts"

_ADVICE = (
    "the file was removed, restored from an older copy, or damaged; feeds and folders are read again from "
    "where it stands: push again what was pushed in that time, repeats raise no second alert"
)


def read_local(local: SqliteLog, database: AlertDatabase, topic: str) -> tuple[Consumer, Ledger]:
    """Read the embedded log; the matcher's positions in it are those of `topic`."""
    consumer = local.consumer(GROUP)
    local.forget_group(FORWARD)  # of a time with Kafka: nobody forwards now, and what it held back we read
    return consumer, Ledger(database, GROUP, topic)


def keep_note(local: SqliteLog, path: Path) -> None:
    """Keep a note of what the log acknowledges, and say loudly what it has lost of what is noted."""
    if (found := local.keep_note(path)) is None:
        return
    logger.error(
        "the log has lost articles that were acknowledged",
        extra={
            "records": found.records,
            "since": found.since.isoformat() if found.since else "its beginning",
            "until": found.until.isoformat(),
            "first_offset": found.first,
            "advice": _ADVICE,
        },
    )


def read_kafka(
    options: KafkaOptions, database: AlertDatabase, metrics: StreamMetrics
) -> tuple[Consumer, Ledger]:
    """Read the topic. Connects at the first poll: a broker that is down keeps nobody from starting."""
    from stream.kafka_log import KafkaLog

    consumer = KafkaLog(options, metrics.kafka).consumer(GROUP)
    metrics.watch_reader(GROUP, consumer.lag_records)
    # No topic's name has a colon: positions in the embedded log of that name are never taken for these.
    return consumer, Ledger(database, GROUP, f"kafka:{options.topic}")


def forward_role(options: StreamOptions, local: SqliteLog, metrics: StreamMetrics) -> ForwardRole | None:
    """Build what publishes the local log to Kafka; None where there is no Kafka."""
    if not options.kafka.bootstrap_servers:
        return None
    from stream.kafka_log import KafkaLog

    def source() -> Consumer:
        consumer = local.consumer(FORWARD)
        local.forget_group(GROUP)  # of a time without Kafka: the matcher reads there now
        return consumer

    producer = KafkaLog(options.kafka, metrics.kafka).producer()
    return ForwardRole(Forwarder(source, producer, metrics.kafka), producer)
