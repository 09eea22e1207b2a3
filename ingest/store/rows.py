"""How values of ours look in a row of SQLite."""

from datetime import UTC, datetime


def stored(at: datetime) -> str:
    """Write an instant as text that sorts: UTC, always with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def stored_or_none(at: datetime | None) -> str | None:
    """The same, for an instant that may be missing."""
    return None if at is None else stored(at)


def instant(text: str) -> datetime:
    """Read an instant back, aware."""
    return datetime.fromisoformat(text)


def instant_or_none(text: str | None) -> datetime | None:
    """The same, for an instant that may be missing."""
    return None if text is None else instant(text)


def printable(text: str, longest: int) -> str:
    """Shorten a text and take from it what SQLite cannot store: lone surrogates, NUL."""
    return text[:longest].encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
