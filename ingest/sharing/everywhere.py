"""How the sources are doing that others read, for pages and for people."""

from collections.abc import Callable

import msgspec
import sqlalchemy as sa

from ingest.progress import Progress
from ingest.sharing.members import Room

_ALL = sa.text("SELECT progress FROM ingest_progress ORDER BY source")
_progress = msgspec.json.Decoder(Progress)


class Everywhere:
    """The progress of all sources: as told by those who read them, or by our own store if that is newer."""

    def __init__(self, room: Room, own: Callable[[], dict[str, Progress]]) -> None:
        self._room = room
        self._own = own

    def all_progress(self) -> dict[str, Progress]:
        """Where each source stands; what others read is seconds behind."""
        with self._room.begin() as connection:
            told = {one.source: one for one in map(_progress.decode, connection.execute(_ALL).scalars())}
        own = self._own()
        newest = {source: one for source, one in own.items() if _is_newer(one, told.get(source))}
        return {**own, **told, **newest}


def _is_newer(one: Progress, other: Progress | None) -> bool:
    if other is None or other.polled_at is None:
        return True
    return one.polled_at is not None and one.polled_at >= other.polled_at
