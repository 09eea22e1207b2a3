"""Dates and waits as HTTP headers have them, and arithmetic that ends where datetime does."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_MAX_DATE_CHARS = 100
_SECONDS = re.compile(r"([0-9]+)(?:\.[0-9]*)?")


def http_date(value: str) -> datetime | None:
    """Read an HTTP date, in UTC; None for anything else, such as the `0` and `-1` that stand for never."""
    if len(value) > _MAX_DATE_CHARS:
        return None
    try:
        at = parsedate_to_datetime(value)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, LookupError, OverflowError):
        return None


def retry_after_s(value: str | None, now: datetime, limit_s: float) -> float | None:
    """Seconds that Retry-After asks for, as a number or a date (RFC 9110, 10.2.3), at most `limit_s`.

    None: it asks nothing that can be read. A date in the past asks for 0. Fractions are no RFC's but written.
    """
    text = (value or "").strip()
    if number := _SECONDS.fullmatch(text):
        return limit_s if len(number[1].lstrip("0")) > 9 else min(float(text), limit_s)
    at = http_date(text)
    return None if at is None else min(max((at - now).total_seconds(), 0.0), limit_s)


def later(at: datetime, seconds: float) -> datetime:
    """`at` and so many seconds more or fewer, no further than datetime reaches; NaN counts as 0."""
    try:
        return at + timedelta(seconds=seconds)
    except OverflowError:
        zone = at.tzinfo
        return datetime.max.replace(tzinfo=zone) if seconds > 0 else datetime.min.replace(tzinfo=zone)
    except ValueError:
        return at
