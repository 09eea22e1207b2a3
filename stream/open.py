"""Which log a service uses: the one place that chooses the backend."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from stream.db import Database
from stream.sqlite_log import LogMetrics, SqliteLog
from stream.timing import Clock, utc_now


class KafkaOptions(BaseModel):
    """Where Apache Kafka is. Empty servers: the embedded log."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bootstrap_servers: str = ""
    topic: str = Field(default="articles", pattern=r"^[A-Za-z0-9._-]{1,249}$")


class StreamOptions(BaseModel):
    """The log: its name, its partitions, how long it keeps what everybody has read.

    `topic` and `partitions` are fixed when the log is created. More partitions let more matchers of one
    group work side by side; order holds per key. `retention_bytes` bounds the stored events (compressed),
    None does not; neither ever removes what a group has yet to read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    topic: str = Field(default="articles", pattern=r"^[A-Za-z0-9._-]{1,249}$")
    partitions: int = Field(default=1, ge=1, le=64)
    retention_days: float = Field(default=30, gt=0)
    retention_bytes: int | None = Field(default=None, ge=1)
    lease_s: float = Field(default=10.0, ge=1, le=600)
    kafka: KafkaOptions = KafkaOptions()

    @model_validator(mode="after")
    def _only_embedded(self) -> Self:
        if self.kafka.bootstrap_servers:
            raise ValueError(
                f"kafka.bootstrap_servers is {self.kafka.bootstrap_servers!r}, but this build has the "
                "embedded log only: leave it empty",
            )
        return self


def open_log(
    options: StreamOptions,
    database: Database,
    *,
    clock: Clock = utc_now,
    metrics: LogMetrics | None = None,
) -> SqliteLog:
    """Open the log in a database that was opened with `SqliteLog.MIGRATIONS` among its migrations.

    Raises StateError if the log was created with another topic or number of partitions.
    """
    return SqliteLog(
        database,
        topic=options.topic,
        partitions=options.partitions,
        lease_s=options.lease_s,
        clock=clock,
        metrics=metrics,
    )
