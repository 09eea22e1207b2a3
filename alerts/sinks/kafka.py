"""A topic on Apache Kafka: for who works on alerts with programs of his own."""

import asyncio
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from alerts.alert import Alert
from alerts.payload import body
from alerts.plain import one_line
from alerts.sinks import Delivered, Outcome, Refused, RetryLater
from alerts.sinks.own_thread import OwnThread
from stream.cloudevents import traceparent
from stream.errors import LogUnavailableError, StreamError
from stream.kafka.options import TOPIC, Writing
from stream.timing import rfc3339

if TYPE_CHECKING:
    from stream.kafka.publisher import Message, Published, TooLarge

TYPE = "wirewatch.alert.v1"
_DETAIL_CHARS = 200


class KafkaSinkConfig(Writing):
    """A sink that publishes to `topic`, which must be there; `partition_by` says what keeps its order."""

    kind: Literal["kafka"]
    bootstrap_servers: str = Field(min_length=1, description="host:port, with commas")
    topic: str = Field(pattern=TOPIC)
    partition_by: Literal["rule", "story", "alert"] = "story"
    linger_ms: int = Field(default=0, ge=0, le=10_000)
    append_timeout_s: float = Field(default=15, gt=0, le=30)


class KafkaSink:
    """Publishes each alert, the same bytes at every attempt, and waits until the in-sync replicas have it.

    CloudEvents in binary mode: `ce_id` is the key by which a repeat can be dropped. A failed attempt may have
    arrived all the same.
    """

    def __init__(self, name: str, config: KafkaSinkConfig) -> None:
        from stream.kafka.publisher import Publisher

        self.name = name
        self._config = config
        self._publisher = Publisher(config, config.topic)
        self._thread = OwnThread(f"sink-{name}")

    async def send(self, alert: Alert, key: str, attempt: int) -> Outcome:
        """Publish it once; what the broker finds too large is refused, everything else is tried again."""
        del attempt
        outcomes: list[Published | TooLarge] = []
        message = self._message(alert, key)
        try:
            await self._thread.run(lambda: outcomes.extend(self._publisher.publish([message])))
        except LogUnavailableError as error:
            return RetryLater(None, "connection", one_line(str(error), _DETAIL_CHARS))
        except StreamError as error:
            return RetryLater(None, "server_error", one_line(str(error), _DETAIL_CHARS))
        return _judged(outcomes[0])

    def _message(self, alert: Alert, key: str) -> "Message":
        from stream.kafka.publisher import Message

        match, event = alert.match, alert.match.event
        keys = {"rule": match.rule, "story": event.key, "alert": alert.alert_id}
        headers = [
            ("ce_specversion", b"1.0"),
            ("ce_id", key.encode()),
            ("ce_source", f"/wirewatch/rules/{match.rule}".encode()),
            ("ce_type", TYPE.encode()),
            ("ce_time", rfc3339(alert.created_at).encode()),
            ("traceparent", traceparent(f"{event.event_id}.{event.revision}")),
            ("content-type", b"application/json"),
        ]
        return Message(keys[self._config.partition_by].encode(), body(alert), headers)

    async def close(self) -> None:
        """Release the connection."""
        await asyncio.to_thread(self._publisher.close)
        self._thread.close()


def _judged(outcome: "Published | TooLarge") -> Outcome:
    # By its field, since naming the types here would import the client for whoever only reads the config.
    if (offset := getattr(outcome, "offset", None)) is None:
        return Refused("unsupported", "larger than the topic takes")
    return Delivered(f"offset {offset}" if offset >= 0 else "known already")
