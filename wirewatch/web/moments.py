"""Moments as people write them: an instant, a day, or how long ago. Pure."""

import re
from datetime import UTC, datetime, timedelta

_WANTED = "is an instant (2026-11-24T09:30:00Z), a day (2026-11-24) or how long ago (30m, 24h, 7d, 4w)"
_AGO = re.compile(r"([0-9]{1,5})([mhdw])")
_MINUTES = {"m": 1, "h": 60, "d": 1_440, "w": 10_080}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# RFC 3339, 5.6: with its offset; a blank for the T, as there. `+` in a query without its escape is a blank.
_INSTANT = re.compile(
    rf"{_DAY.pattern}[Tt ][0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:\.[0-9]{{1,6}})?)?"
    r"([Zz]|[+\- ][0-9]{2}:[0-9]{2})"
)


def moment(text: str, now: datetime) -> datetime | str | None:
    """Read a moment, in UTC; None for nothing, and the end of a sentence on what is wanted for anything else.

    A day begins at midnight in UTC.
    """
    if not text:
        return None
    try:
        if ago := _AGO.fullmatch(text):
            return now - timedelta(minutes=int(ago[1]) * _MINUTES[ago[2]])
        if _DAY.fullmatch(text):
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        if found := _INSTANT.fullmatch(text):
            offset = found[1].replace(" ", "+").upper()
            whole = text[: found.start(1)].upper().replace(" ", "T")
            return datetime.fromisoformat(whole + offset).astimezone(UTC)
    except (ValueError, OverflowError):
        return _WANTED
    return _WANTED
