"""Instants as the database holds them: microseconds since 1970, in UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """Microseconds since 1970 of an aware instant, exactly (no float in between)."""
    return (at - _EPOCH) // _MICROSECOND


def instant(stored: int) -> datetime:
    """The aware UTC instant that `micros` stored."""
    return _EPOCH + timedelta(microseconds=stored)


def maybe_instant(stored: int | None) -> datetime | None:
    """The instant of a nullable column."""
    return None if stored is None else instant(stored)
