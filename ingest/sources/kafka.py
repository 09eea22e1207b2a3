"""Kafka: articles that others publish to a topic, in our shapes or in one of their own.

Where reading goes on is the cursor, stored with the items in one transaction: every record is taken once,
or again after a crash, and never skipped. No consumer group is joined. A record that is no article is a
rejected item with its place, `topic[partition]@offset`.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Setting

from ingest.age import max_age_of
from ingest.article import event_item, parse_article
from ingest.item import RawItem, Rejected
from ingest.loop import in_own_thread
from ingest.sources import Polled, PollFailed, PollOutcome, SourceConfig, Unchanged, with_defaults
from stream.errors import LogUnavailableError, PositionLostError, StreamError
from stream.event import ArticleEvent
from stream.kafka.options import TOPIC, Connection
from stream.log import Record
from stream.untrusted.numbers import whole_number

if TYPE_CHECKING:
    from stream.kafka.reader import Read, TopicReader

logger = logging.getLogger(__name__)

_TOPIC_ID = "topic_id"
Path = str


class KafkaFields(BaseModel):
    """Where the fields of an article stand in somebody else's JSON: names with dots between them.

    A number counts the elements of a list: `authors.0.name`. A field that is not named is not read, and one
    that is not there is left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Path | None = None
    url: Path | None = None
    title: Path | None = None
    text: Path | None = None
    html: Path | None = None
    published: Path | None = None
    language: Path | None = None
    publisher: Path | None = None


class KafkaSourceConfig(SourceConfig, Connection):
    """A topic to read. `start` says where, the first time; partitions added later are read whole."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: Literal["kafka"] = "kafka"
    bootstrap_servers: str = Setting(min_length=1, description="host:port, with commas")
    topic: str = Setting(pattern=TOPIC)
    fields: KafkaFields | None = None
    start: Literal["oldest", "newest"] = "oldest"
    interval_s: float = Setting(default=1.0, ge=0.2, le=86_400.0)
    batch_records: int = Setting(default=500, ge=1, le=2_000)
    wait_s: float = Setting(default=0.5, gt=0, le=10)


class KafkaSource:
    """A topic. Not for two polls at once."""

    kind = "kafka"
    host = None  # a broker needs no politeness

    def __init__(self, config: KafkaSourceConfig) -> None:
        self.id = config.id
        self.interval_s = config.interval_s
        self.max_age = max_age_of(config.max_age)
        self._config = config
        self._reader: TopicReader | None = None

    async def poll(self, cursor: Mapping[str, str], now: datetime) -> PollOutcome:
        """Read on, at most one batch; `next_after_s` 0 says that there may be more.

        Fails as `connection` when no broker answers or lets us in.
        """
        return await in_own_thread(partial(self._poll, dict(cursor), now))

    def _poll(self, cursor: dict[str, str], now: datetime) -> PollOutcome:
        try:
            read = self._read(_positions(cursor), is_first=not cursor)
        except PositionLostError as lost:
            return Unchanged(self._after_loss(cursor, lost), 0.0)
        except LogUnavailableError as error:
            return PollFailed("connection", str(error))
        except StreamError as error:
            return PollFailed("invalid", str(error))
        following = {
            _TOPIC_ID: read.topic_id,
            **{str(p): str(offset) for p, offset in read.positions.items()},
        }
        if cursor.get(_TOPIC_ID, read.topic_id) != read.topic_id:
            anew = PositionLostError("replaced", frozenset(), f"{self._config.topic} was made anew")
            return Unchanged(self._after_loss({}, anew), 0.0)
        if not read.records:
            return Unchanged(following)
        found = [self._item(record, now) for record in read.records]
        return Polled(
            tuple(item for item in found if not isinstance(item, Rejected)),
            following,
            tuple(item for item in found if isinstance(item, Rejected)),
            next_after_s=0.0,
        )

    def _read(self, positions: dict[int, int], *, is_first: bool) -> "Read":
        from stream.kafka.reader import TopicReader

        self._reader = self._reader or TopicReader(self._config, self._config.topic)
        return self._reader.read(
            positions,
            max_records=self._config.batch_records,
            timeout_s=self._config.wait_s,
            new=self._config.start if is_first else "oldest",
        )

    def _after_loss(self, cursor: dict[str, str], lost: PositionLostError) -> dict[str, str]:
        """Go on at the oldest record; said aloud, for what retention took before us is lost to us."""
        logger.error(
            "a topic lost our position, reading on at its oldest record",
            extra={"source": self.id, "reason": lost.reason, "detail": lost.detail},
        )
        kept = {key: value for key, value in cursor.items() if key not in map(str, lost.partitions)}
        return {**kept, "restarted": "1"}

    def _item(self, record: Record, now: datetime) -> RawItem | Rejected:
        locator = f"{record.topic}[{record.partition}]@{record.offset}"
        if not record.value:
            return Rejected("empty", f"{locator}: no value", self.id, locator)
        if record.damage is not None:
            return Rejected("too_large", f"{locator}: {len(record.value)} bytes", self.id, locator)
        try:
            data = record.value if self._config.fields is None else _mapped(record.value, self._config.fields)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return Rejected("invalid", f"{locator}: {error}", self.id, locator)
        parsed = parse_article(data, source=self.id, found_at=now, locator=locator)
        if isinstance(parsed, ArticleEvent):
            return event_item(parsed, found_at=now, locator=locator)
        return parsed if isinstance(parsed, Rejected) else with_defaults(parsed, self._config)


def _positions(cursor: Mapping[str, str]) -> dict[int, int]:
    read = ((whole_number(key), whole_number(value)) for key, value in cursor.items())
    return {key: value for key, value in read if key is not None and value is not None}


def _mapped(data: bytes, fields: KafkaFields) -> bytes:
    """The article as we take one, from an object of any shape."""
    document = msgspec.json.decode(data)
    found = {name: _at(document, path) for name, path in fields if path is not None}
    return msgspec.json.encode({name: value for name, value in found.items() if value is not None})


def _at(value: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and (at := whole_number(step, len(value) - 1)) is not None:
            value = value[at]
        else:
            return None
    return value
