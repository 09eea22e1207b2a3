"""Reading what response headers ask of a guest. Pure."""

import re
from collections.abc import Mapping
from datetime import datetime

from stream.untrusted.times import http_date

RETRY_AFTER_LIMIT_S = 8 * 3600.0
"""The longest that a server can make us stay away."""
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_NEVER_FRESH = re.compile(r"(?:^|[\s,])no-(?:cache|store)\b", re.IGNORECASE)


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


def user_agent(version: str, contact: str | None) -> str:
    """Say who we are and where to complain; no browser's name."""
    return f"Wirewatch/{version} (+{contact})" if contact else f"Wirewatch/{version}"


def _age_s(headers: Mapping[str, str]) -> float:
    age = headers.get("Age", "").strip()
    return float(age) if re.fullmatch(r"\d{1,9}", age) else 0.0
