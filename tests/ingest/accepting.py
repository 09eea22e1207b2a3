"""Handing items to the intake."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from ingest.item import RawItem, Rejected
from ingest.outcome import IntakeResult, Outcome
from stream.errors import LogFullError
from stream.event import ArticleEvent
from stream.log import Appended
from tests.ingest.world import World

A, B = "https://example.org/a", "https://example.org/b"


def accept(
    here: World, *items: RawItem | Rejected, source: str = "wire", max_age: timedelta | None = None
) -> tuple[Outcome, ...]:
    result = asyncio.run(here.intake.accept(items, max_age=max_age, source_id=source))
    assert isinstance(result, IntakeResult)
    return result.outcomes


class FullLog:
    """The log when the disk is full."""

    def append_in(self, _connection: object, _events: Sequence[ArticleEvent]) -> list[Appended]:
        raise LogFullError("no room")
