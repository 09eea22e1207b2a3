"""When an article was published: read what was written, judge it, and say how sure we are.

A wrong date is worse than none. Raw text, source and precision stay beside the instant.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Literal

Precision = Literal["second", "minute", "day"]
DateWarning = Literal["date_future", "date_naive", "date_unreadable"]

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
FUTURE_TOLERANCE = timedelta(minutes=15)
_MAX_CHARS = 100

_ISO = re.compile(
    r"(?P<y>\d{4})-?(?P<m>\d{2})-?(?P<d>\d{2})"
    r"(?:[T ]+(?P<H>\d{2}):?(?P<M>\d{2})(?::?(?P<S>\d{2})(?:[.,]\d{1,9})?)?"
    r"\s*(?P<zone>Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?"
    r"(?:\[[\w/+-]{1,40}\])?\Z"
)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?\Z")
_ZONE_SIGN = re.compile(r"\b(?:GMT|UTC)(?=[+-]\d)")  # east is plus, as JavaScript writes; dateutil turns it
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")
# 03/05/2024 is March in one country and May in another: not read at all rather than wrongly.
_TWO_WAY = re.compile(r"(?<!\d)(?:0?[1-9]|1[0-2])[/-](?:0?[1-9]|1[0-2])[/-]\d{4}(?!\d)")
_DOTTED = re.compile(r"(?<!\d)\d{1,2}\.\s?\d{1,2}\.\s?\d{4}(?!\d)")  # always day first
_FULL_DATE = re.compile(
    r"(?=.*\b(?:19|20)\d{2}\b)(?=.*\b\d{1,2}\b)(?=.*[^\W\d]{3}|\d{1,4}[./-]\d{1,2}[./-]\d{1,4})"
)
# Hours from UTC of the names RFC 822 and newsrooms use; where a name is ambiguous, what newsrooms mean.
_ZONE_HOURS = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "MEZ": 1, "CEST": 2,
    "MESZ": 2, "EET": 2, "SAST": 2, "EEST": 3, "MSK": 3, "TRT": 3, "IRST": 3.5, "IST": 5.5, "WIB": 7,
    "HKT": 8, "SGT": 8, "JST": 9, "KST": 9,
    "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "EST": -5, "EDT": -4, "CST": -6,
    "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "BRT": -3, "ART": -3,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Instant:
    """An aware instant in the zone it was written in; `is_naive` where none was named and UTC is assumed.

    With precision `day` the time is midnight UTC and means nothing.
    """

    at: datetime
    precision: Precision
    is_naive: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """The verdict on an article's date, in the terms of ArticleEvent."""

    at: datetime
    precision: Literal["second", "minute", "day", "inferred"]
    source: str
    raw: str | None = None
    warnings: tuple[DateWarning, ...] = ()


def parse_instant(raw: str) -> Instant | None:
    """Read ISO 8601, RFC 822 and 1123, epoch seconds or milliseconds, and dates written out in English.

    None for what names no day, no year, or a day before 1990: a missing part is never filled in.
    """
    text = " ".join(raw[:_MAX_CHARS].split())
    instant = _iso(text) or _epoch(text) or _written(text)
    return instant if instant and instant.at >= EARLIEST else None


def decide_published(candidates: Iterable[tuple[str, str]], first_seen: datetime) -> Published:
    """The first of (raw, source) that can be read; one that names its zone beats one of the same day.

    More than 15 minutes after `first_seen` is `date_future`: first seen is used, and the raw value kept.
    With nothing readable the date is first seen, `inferred`.
    """
    listed = list(candidates)
    readable = [(instant, raw, source) for raw, source in listed if (instant := parse_instant(raw))]
    if not readable:
        raw = listed[0][0] if listed else None
        return Published(first_seen, "inferred", "first_seen", raw, ("date_unreadable",) if listed else ())
    first = readable[0][0]
    same_day = [each for each in readable if abs(each[0].at - first.at) < timedelta(days=1, hours=14)]
    instant, raw, source = min(same_day, key=lambda each: _vagueness(each[0]))
    if instant.at > first_seen + FUTURE_TOLERANCE and not _is_today_somewhere(instant, first_seen):
        return Published(first_seen, "inferred", source, raw, ("date_future",))
    warnings: tuple[DateWarning, ...] = ("date_naive",) if instant.is_naive else ()
    return Published(instant.at.astimezone(UTC), instant.precision, source, raw, warnings)


def parse_modified(raw: str | None, first_seen: datetime) -> datetime | None:
    """When the publisher says it changed the article; None if unreadable or in the future."""
    instant = parse_instant(raw) if raw else None
    return instant.at.astimezone(UTC) if instant and instant.at <= first_seen + FUTURE_TOLERANCE else None


def _vagueness(instant: Instant) -> int:
    if instant.precision == "day":
        return 2
    return 1 if instant.is_naive else 0


def _is_today_somewhere(instant: Instant, now: datetime) -> bool:
    """A bare day may have begun east of Greenwich up to 14 hours before it begins in UTC."""
    return instant.precision == "day" and instant.at <= now + timedelta(hours=14)


def _iso(text: str) -> Instant | None:
    found = _ISO.match(text)
    if not found:
        return None
    part = found.groupdict()
    try:
        day = datetime(int(part["y"]), int(part["m"]), int(part["d"]), tzinfo=UTC)
        if part["H"] is None:
            return Instant(day, "day")
        # 24:00 and leap seconds are written; datetime knows neither.
        span = timedelta(hours=int(part["H"]), minutes=int(part["M"]), seconds=min(int(part["S"] or 0), 59))
        at = (day + span).replace(tzinfo=_offset(part["zone"]))
    except (ValueError, OverflowError):
        return None
    return Instant(at, "second" if part["S"] else "minute", is_naive=part["zone"] is None)


def _offset(zone: str | None) -> timezone:
    if zone is None or zone.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    digits = zone[1:].replace(":", "").ljust(4, "0")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-span if zone[0] == "-" else span)


def _epoch(text: str) -> Instant | None:
    if not _EPOCH.match(text):
        return None
    return Instant(datetime.fromtimestamp(int(text[:10]), UTC), "second")


def _written(text: str) -> Instant | None:
    """RFC 822 and the like by dateutil, which would fill in today for any part that is missing."""
    from dateutil import parser

    text = _ZONE_SIGN.sub("", text)
    if not _FULL_DATE.match(text) or _TWO_WAY.search(text):
        return None
    default = datetime(1, 1, 1)  # noqa: DTZ001 - naive on purpose: only what the text says may be aware
    is_day_first = bool(_DOTTED.search(text))
    try:
        at = parser.parse(text, default=default, tzinfos=_zone, dayfirst=is_day_first)
    except Exception:  # noqa: BLE001 # dateutil raises what it likes: InvalidOperation for seconds of 30 digits
        return None
    clock = _CLOCK.search(text)
    aware = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    precision: Precision = "day" if not clock else "second" if clock.group(1) else "minute"
    return Instant(aware, precision, is_naive=at.tzinfo is None and precision != "day")


def _zone(name: str | None, offset_s: int | None) -> tzinfo | None:
    """For dateutil: the zone of a name or an offset; None, so naive, for a name nobody knows."""
    if offset_s is not None:
        return timezone(timedelta(seconds=offset_s))
    hours = _ZONE_HOURS.get((name or "").upper())
    return None if hours is None else timezone(timedelta(hours=hours))
