"""How an event becomes a row, and a row a record: compressed where that pays, under a checksum."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import zstandard
from crc32c import crc32c

from stream.event import MAX_EVENT_BYTES, ArticleEvent, encode_for_log
from stream.log import Record
from stream.sqlite.driver import Row, SqlValue

PARTITION = 0
"""The one partition of an embedded log. Rows of a time when there were more keep their number."""

COLUMNS = "partition, event_id, revision, key, codec, value, checksum, appended_at"

# Measured on articles as JSON: 4 KB shrink to 1.5 KB in 8 µs and come back in 4; 0.8 KB to a half. Higher
# levels gain 1 % and cost twice as much. Below 256 bytes a row fits its page whatever we do.
_LEVEL = 1
_WORTH_BYTES = 256
_PLAIN, _ZSTD = 0, 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class PackedEvent:
    """An event ready to be stored; `values` are those of COLUMNS."""

    event_id: str
    revision: int
    stored_bytes: int
    values: Sequence[SqlValue]


class RowCodec:
    """Packs events into rows of one topic and unpacks them; safe to use from any thread."""

    def __init__(self, topic: str) -> None:
        self._topic = topic
        self._zstd = _Zstd()

    def pack(self, event: ArticleEvent, now: datetime) -> PackedEvent:
        """Encode an event. Raises BadEventError: `too_large` past 1 MiB, `invalid_event` if unencodable."""
        data = encode_for_log(event)
        codec, value = _PLAIN, data
        if len(data) >= _WORTH_BYTES and len(packed := self._zstd.compressor.compress(data)) < len(data):
            codec, value = _ZSTD, packed
        key = event.key.encode()
        appended_at = (now - _EPOCH) // _MICROSECOND
        checksum = _checksum(
            PARTITION, event.event_id.encode(), event.revision, key, codec, value, appended_at
        )
        return PackedEvent(
            event.event_id,
            event.revision,
            len(value),
            (PARTITION, event.event_id, event.revision, event.key, codec, value, checksum, appended_at),
        )

    def unpack(self, row: Row, lineage: str = "") -> Record:
        """Read a row: the offset, then COLUMNS, texts as bytes. `lineage` is that of its record.

        A row that is not what was stored still becomes a record, with `damage` set and the stored bytes as
        its value: the consumer keeps it as a dead letter and goes on.
        """
        try:
            return self._unpack(row, lineage)
        except (TypeError, ValueError, OverflowError, zstandard.ZstdError):
            return self._damaged(row, lineage)

    def _unpack(self, row: Row, lineage: str) -> Record:
        offset, partition, event_id, revision, key, codec, value, checksum, appended_at = row
        if _checksum(partition, event_id, revision, key, codec, value, appended_at) != checksum:
            raise ValueError("checksum")
        if codec == _ZSTD:
            value = self._zstd.decompressor.decompress(value, max_output_size=MAX_EVENT_BYTES)
        return Record(
            topic=self._topic,
            partition=PARTITION,
            offset=offset,
            key=key.decode(),
            value=value,
            appended_at=_EPOCH + timedelta(microseconds=appended_at),
            lineage=lineage,
        )

    def _damaged(self, row: Row, lineage: str) -> Record:
        offset, _, _, _, key, _, value, _, appended_at = row
        return Record(
            topic=self._topic,
            partition=PARTITION,
            offset=offset,
            key=_bytes(key).decode(errors="replace"),
            value=_bytes(value),
            appended_at=_instant(appended_at),
            damage="checksum",
            lineage=lineage,
        )


class _Zstd(threading.local):
    """One context a thread: they are costly to make and not safe to share."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self.decompressor = zstandard.ZstdDecompressor()


def _checksum(
    partition: int,
    event_id: bytes,
    revision: int,
    key: bytes,
    codec: int,
    value: bytes,
    appended_at: int,
) -> int:
    # %x takes integers only: a column that became a float must not pass for its whole part.
    head = b"%x %b %x %b %x %x" % (partition, event_id, revision, key, codec, appended_at)
    checksum: int = crc32c(value, crc32c(head))
    return checksum


def _bytes(found: Any) -> bytes:
    return found if isinstance(found, bytes) else str(found).encode()


def _instant(found: Any) -> datetime:
    try:
        return _EPOCH + timedelta(microseconds=found)
    except (TypeError, OverflowError):
        return _EPOCH
