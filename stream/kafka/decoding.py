"""From what kafka-python hands over to records."""

from datetime import UTC, datetime
from typing import Any

from stream.event import MAX_EVENT_BYTES
from stream.log import Record

DAMAGE = "wirewatch-damage"
"""The header that says why a record is not what was appended; see `Record.damage`."""

_REASONS = frozenset({"checksum", "too_large"})


def record_of(found: Any, lineage: str = "") -> Record:
    """Read a consumed message of the topic with the id `lineage`.

    One without a value is an empty record, for its reader to refuse.
    """
    value = found.value or b""
    return Record(
        found.topic,
        found.partition,
        found.offset,
        (found.key or b"").decode(errors="replace"),
        value,
        datetime.fromtimestamp(found.timestamp / 1000, UTC),
        _damage(found.headers, len(value)),
        lineage,
    )


def _damage(headers: Any, value_bytes: int) -> str | None:
    if value_bytes > MAX_EVENT_BYTES:
        return "too_large"
    if not headers or headers[0][0] != DAMAGE:
        return None
    reason = bytes(headers[0][1] or b"").decode(errors="replace")
    return reason if reason in _REASONS else "invalid_event"
