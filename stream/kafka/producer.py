"""A producer of the log on Kafka."""

import time
from collections.abc import Sequence

import msgspec

from stream.cloudevents import Head, head_of, headers
from stream.errors import BadEventError
from stream.event import ArticleEvent, encode_for_log
from stream.kafka.decoding import DAMAGE
from stream.kafka.metrics import KafkaMetrics
from stream.kafka.publisher import Message, Published, Publisher, TooLarge
from stream.log import Appended, Record

_SHOWN_BYTES = 64 * 1024


class TopicProducer:
    """Appends events to a topic; safe to use from any thread."""

    def __init__(self, publisher: Publisher, metrics: KafkaMetrics | None = None) -> None:
        self._publisher = publisher
        self._metrics = metrics

    def append(self, events: Sequence[ArticleEvent]) -> list[Appended]:
        """Publish events; returns their places in order when every in-sync replica has them.

        An offset is -1 where a broker knew the record from a try before. Raises BadEventError before anything
        was published (`too_large`: over 1 MiB encoded; `invalid_event`), or after it when the broker takes
        less than that: the others of the batch are published then. Raises LogUnavailableError when some were
        not acknowledged in time: append them again.
        """
        messages = [_message(event) for event in events]
        if not messages:
            return []
        return [_appended(outcome) for outcome in self._publisher.publish(messages)]

    def forward(self, records: Sequence[Record]) -> int:
        """Publish records of another log as they are; returns how many could not be taken whole.

        A damaged record, and one that the broker finds too large, is published as its beginning with the
        header `wirewatch-damage`, so that the reader keeps it as a dead letter. Errors as for `append`.
        """
        started = time.monotonic()
        outcomes = self._publisher.publish([_forwarded(record) for record in records])
        if self._metrics and records:
            self._metrics.observe_publish(time.monotonic() - started)
        refused = [
            _damaged(record, "too_large")
            for record, outcome in zip(records, outcomes, strict=True)
            if isinstance(outcome, TooLarge)
        ]
        if refused:
            for outcome in self._publisher.publish(refused):
                _appended(outcome)
        return len(refused) + sum(record.damage is not None for record in records)

    def close(self) -> None:
        """End what is under way and release the connection; afterwards `append` raises StreamError."""
        self._publisher.close()


def _message(event: ArticleEvent) -> Message:
    head = Head(event.event_id, event.source, event.revision)
    return Message(event.key.encode(), encode_for_log(event), headers(head))


def _forwarded(record: Record) -> Message:
    if record.damage is not None:
        return _damaged(record, record.damage)
    try:
        head = head_of(record.value)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Message(record.key.encode(), record.value)  # poison for its reader to refuse, not for us
    return Message(record.key.encode(), record.value, headers(head))


def _damaged(record: Record, reason: str) -> Message:
    return Message(record.key.encode(), record.value[:_SHOWN_BYTES], [(DAMAGE, reason.encode())])


def _appended(outcome: Published | TooLarge) -> Appended:
    if isinstance(outcome, TooLarge):
        raise BadEventError("too_large", outcome.detail)
    return Appended(outcome.partition, outcome.offset, is_new=True)
