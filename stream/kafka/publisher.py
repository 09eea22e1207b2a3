"""Messages to one topic, each acknowledged by every replica that must have it before we say so."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from stream.errors import LogUnavailableError, StreamError
from stream.kafka.client import KafkaProducer, abandon, connect, is_too_large, kafka_errors, speaking
from stream.kafka.options import Writing
from stream.kafka.partitioning import KeyPartitioner

logger = logging.getLogger(__name__)

MAX_REQUEST_BYTES = 1024 * 1024 + 128 * 1024
# As large as brokers take by default: while a second batch waits, kafka-python wakes its thread at each send.
_BATCH_BYTES = 1000 * 1024
_DAY_MS = 24 * 3600 * 1000
_LOOK_EVERY_S = 0.25


@dataclass(frozen=True, slots=True)
class Message:
    """What to publish; messages of one key keep their order."""

    key: bytes | None
    value: bytes
    headers: list[tuple[str, bytes]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Published:
    """Where a message stands; `offset` is -1 when a broker knew it already from a try before."""

    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class TooLarge:
    """The broker, or its settings for the topic, does not take a message of this size."""

    detail: str
    is_done: ClassVar[bool] = True


class PublishObserver(Protocol):
    """Who watches how long messages wait."""

    def began_publishing(self, at: float) -> None:
        """A batch was handed over at `at` (monotonic); called by one thread at a time."""
        ...

    def ended_publishing(self, *, is_acknowledged: bool) -> None:
        """It was acknowledged or refused for good; or neither, and will be published again."""
        ...


class Publisher:
    """Publishes to one topic; safe to use from any thread, one batch at a time.

    Idempotent within one connection. Whenever anything failed the connection is given up: kafka-python 3.0.12
    may send nothing at all after it has once expired a batch. So what failed has to be published again by the
    caller, and may then stand in the topic twice.
    """

    def __init__(
        self,
        options: Writing,
        topic: str,
        *,
        observer: PublishObserver | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._options = options
        self._topic = topic
        self._observer = observer
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._client: Any = None

    def publish(self, messages: Sequence[Message]) -> list[Published | TooLarge]:
        """Return when all are acknowledged, with what became of each.

        Raises LogUnavailableError when some were not within `append_timeout_s`, StreamError once closed.
        """
        with self._lock:
            if self._closing.is_set():
                raise StreamError("this producer is closed")
            if self._observer:
                self._observer.began_publishing(self._monotonic())
            is_acknowledged = False
            try:
                outcomes = self._publish(messages)
                is_acknowledged = True
            finally:
                if not is_acknowledged:
                    self._give_up()
                if self._observer:
                    self._observer.ended_publishing(is_acknowledged=is_acknowledged)
            return outcomes

    def close(self) -> None:
        """End a `publish` that is under way, and release the connection; from any thread."""
        self._closing.set()
        with self._lock:
            self._give_up()

    def _publish(self, messages: Sequence[Message]) -> list[Published | TooLarge]:
        outcomes = self._try(messages)
        suspects = [n for n, outcome in enumerate(outcomes) if isinstance(outcome, TooLarge)]
        if not suspects or len(messages) == 1:
            return outcomes
        # When a broker refuses one message for its size, kafka-python fails whatever it has not sent yet with
        # the same error, and can't be used any more: halve what failed until the culprit is alone.
        middle = (len(suspects) + 1) // 2
        for part in (suspects[:middle], suspects[middle:]):
            again = self._publish([messages[n] for n in part])
            for n, outcome in zip(part, again, strict=True):
                outcomes[n] = outcome
        return outcomes

    def _try(self, messages: Sequence[Message]) -> list[Published | TooLarge]:
        until = self._monotonic() + self._options.append_timeout_s
        client = self._connected()
        with speaking(f"publish to {self._topic}"):
            sent = [self._send(client, message) for message in messages]
            self._wait_for(client, sent, until)
        outcomes = [_outcome(future) for future in sent]
        if any(isinstance(outcome, TooLarge) for outcome in outcomes):
            self._give_up()
        return outcomes

    def _send(self, client: Any, message: Message) -> Any:
        try:
            return client.send(self._topic, value=message.value, key=message.key, headers=message.headers)
        except kafka_errors.MessageSizeTooLargeError as error:
            return TooLarge(str(error))

    def _wait_for(self, client: Any, sent: Sequence[Any], until: float) -> None:
        while not self._closing.is_set():
            # flush raises UnknownError when a batch was split because the broker found it too large.
            with contextlib.suppress(kafka_errors.KafkaTimeoutError, kafka_errors.UnknownError):
                client.flush(timeout=_LOOK_EVERY_S)
            if all(future.is_done for future in sent):
                return
            if self._monotonic() >= until:
                raise LogUnavailableError(f"{self._topic}: not acknowledged in time")
        raise LogUnavailableError("closed while publishing")

    def _connected(self) -> Any:
        """The client, which knows the topic: `send` would wait for it message by message."""
        if self._client is None:
            compression = self._options.compression
            self._client = connect(
                KafkaProducer,
                self._options,
                acks="all",
                partitioner=KeyPartitioner(),
                enable_idempotence=True,
                compression_type=None if compression == "none" else compression,
                linger_ms=self._options.linger_ms,
                batch_size=_BATCH_BYTES,
                max_request_size=MAX_REQUEST_BYTES,
                max_block_ms=int(self._options.connect_timeout_s * 1000),
                delivery_timeout_ms=_DAY_MS,  # we time out, not the client: see the class
                metrics_enabled=False,
            )
            with speaking(f"find the topic {self._topic} (`wirewatch kafka init` makes it)"):
                self._client.partitions_for(self._topic)
        return self._client

    def _give_up(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            abandon(client)


def _outcome(future: Any) -> Published | TooLarge:
    if isinstance(future, TooLarge):
        return future
    if not future.is_done:
        raise LogUnavailableError("a message was neither acknowledged nor refused")
    if future.exception is None:
        return Published(future.value.partition, future.value.offset)
    if is_too_large(future.exception):
        return TooLarge(str(future.exception))
    with speaking("publish"):
        raise future.exception
    raise AssertionError  # unreachable: `speaking` raises
