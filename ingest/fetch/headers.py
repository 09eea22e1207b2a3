"""Reading what response headers ask of a guest. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_RETRY_AFTER_S = 8 * 3600.0
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_NEVER_FRESH = re.compile(r"(?:^|[\s,])no-(?:cache|store)\b", re.IGNORECASE)


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to stay away: Retry-After as seconds or as a date (RFC 9110, 10.2.3), at most 8 hours."""
    value = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}(?:\.\d+)?", value):
        return min(float(value), MAX_RETRY_AFTER_S)
    at = http_date(value)
    return None if at is None else min(max((at - now).total_seconds(), 0.0), MAX_RETRY_AFTER_S)


def fresh_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """How long the answer stays fresh, in seconds; max-age wins over Expires (RFC 9111, 4.2.1)."""
    control = headers.get("Cache-Control", "")
    if _NEVER_FRESH.search(control):
        return None
    if stated := _MAX_AGE.search(control):
        return max(float(stated.group(1)) - _age_s(headers), 0.0)
    expires = http_date(headers.get("Expires", ""))
    if expires is None:
        return None
    return max((expires - (http_date(headers.get("Date", "")) or now)).total_seconds(), 0.0)


def http_date(value: str) -> datetime | None:
    """Read an HTTP date; None for anything else, such as the `0` and `-1` that servers write for never."""
    try:
        at = parsedate_to_datetime(value)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def user_agent(version: str, contact: str | None) -> str:
    """Say who we are and where to complain; no browser's name."""
    return f"Wirewatch/{version} (+{contact})" if contact else f"Wirewatch/{version}"


def _age_s(headers: Mapping[str, str]) -> float:
    age = headers.get("Age", "").strip()
    return float(age) if re.fullmatch(r"\d{1,9}", age) else 0.0
