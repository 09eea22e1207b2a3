"""What a service is told of its log, and how the embedded one is opened."""

from pydantic import BaseModel, ConfigDict, Field

from stream.db import Database
from stream.embedded.consumer import DamageCounter
from stream.kafka.options import TOPIC, KafkaOptions
from stream.sqlite_log import SqliteLog
from stream.timing import Clock, utc_now


class StreamOptions(BaseModel):
    """The log: its name, how long it keeps what everybody has read.

    `topic` is fixed when the log is created. `retention_bytes` bounds the stored events (compressed),
    None does not; neither ever removes what a group has yet to read. With `kafka` this is the local log that
    holds events until Kafka has them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    topic: str = Field(default="articles", pattern=TOPIC)
    retention_days: float = Field(default=30, gt=0, le=36_500)
    retention_bytes: int | None = Field(default=None, ge=1, le=1 << 60)
    kafka: KafkaOptions = KafkaOptions()


def open_log(
    options: StreamOptions,
    database: Database,
    *,
    clock: Clock = utc_now,
    metrics: DamageCounter | None = None,
) -> SqliteLog:
    """Open the log in a database that was opened with `SqliteLog.MIGRATIONS` among its migrations.

    Raises StateError if the log was created with another topic.
    """
    return SqliteLog(
        database,
        topic=options.topic,
        clock=clock,
        metrics=metrics,
    )
