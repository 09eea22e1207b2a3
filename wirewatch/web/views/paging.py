"""Long lists in pages, by key rather than by number: a list that grows shows nothing twice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """Part of a list; `next_after` is the key to go on after, None at the end."""

    rows: tuple[T, ...]
    next_after: str | None


def slice_after(rows: Sequence[T], key: Callable[[T], str], after: str, limit: int) -> Slice[T]:
    """Up to `limit` rows behind the one with the key `after`; from the start where it is not there."""
    start = next((place + 1 for place, row in enumerate(rows) if key(row) == after), 0) if after else 0
    shown = tuple(rows[start : start + limit])
    has_more = start + limit < len(rows)
    return Slice(shown, key(shown[-1]) if has_more and shown else None)
