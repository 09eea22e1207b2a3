"""Numbers, times and codes as people read them. Pure."""

from datetime import datetime, timedelta
from functools import cache

from stream.geo import countries

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))
_NOW = timedelta(seconds=1)
_SIZES = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def number(amount: int) -> str:
    """With thousands separated: `1,234,567`."""
    return f"{amount:,}"


def count(amount: int, noun: str) -> str:
    """A number with its noun: `1 alert`, `2 alerts`."""
    return f"{amount:,} {noun}" if amount == 1 else f"{amount:,} {noun}s"


def size(amount_bytes: int) -> str:
    """A size in its largest decimal unit: `1.2 MB`."""
    for unit_bytes, unit in _SIZES:
        if amount_bytes >= unit_bytes:
            return f"{amount_bytes / unit_bytes:.1f} {unit}"
    return count(amount_bytes, "byte")


def span(length: timedelta) -> str:
    """A length of time in its largest unit, rounded as `ingest.health` does: `12 min`."""
    seconds = max(0.0, length.total_seconds())
    for unit_s, unit in _UNITS:
        if seconds >= unit_s:
            return f"{seconds / unit_s:.0f} {unit}"
    return f"{seconds:.0f} s"


def ago(at: datetime, now: datetime) -> str:
    """How long before or after now: `12 min ago`, `in 3 h`, `just now`."""
    if abs(now - at) < _NOW:
        return "just now"
    return f"{span(now - at)} ago" if at <= now else f"in {span(at - now)}"


def clock_time(at: datetime) -> str:
    """An aware UTC instant to the second: `2026-11-24 09:30:00`."""
    return f"{at:%Y-%m-%d %H:%M:%S}"


def rate(per_minute: float) -> str:
    """A rate in the unit that makes it readable: `12/min`, `3/h`."""
    if per_minute >= 10:
        return f"{per_minute:,.0f}/min"
    if per_minute >= 1:
        return f"{per_minute:.1f}/min"
    return f"{per_minute * 60:.1f}/h" if per_minute else "0/min"


def country(code: str) -> str:
    """The English name of a country code; the code itself where we know none."""
    return countries.name(code) if countries.is_country(code) else code


def joined(words: list[str] | tuple[str, ...], last: str = "and") -> str:
    """A list in words: `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


@cache
def _languages() -> dict[str, str]:
    from babel import Locale

    return dict(Locale("en").languages)


def language(tag: str) -> str:
    """The English name of a language (BCP 47); the tag itself where we know none, `unknown` for `und`."""
    primary = tag.partition("-")[0].lower()
    return "unknown" if primary in {"", "und"} else _languages().get(primary, tag)
