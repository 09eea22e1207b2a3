"""Wiring: ingesters that share the sources, where the alerts are on PostgreSQL."""

from collections.abc import Callable
from dataclasses import dataclass

from ingest.intake import Shared
from ingest.progress import Progress
from ingest.sharing.book import Book
from ingest.sharing.everywhere import Everywhere
from ingest.sharing.members import Members, Room
from ingest.sharing.sharing import Publishing, Sharing
from ingest.store.ingest_store import IngestStore
from stream.server import Server
from stream.sqlite_log import SqliteLog
from stream.timing import Clock


@dataclass(frozen=True, slots=True)
class Together:
    """What an ingester has that shares: for its intake, for its role, for its chores."""

    shared: Shared
    sharing: Sharing
    book: Book
    room: Room


def sources_everywhere(server: Server, own: Callable[[], dict[str, Progress]]) -> tuple[Everywhere, Room]:
    """Show all sources, whoever reads them; close the room at the end."""
    room = _room(server, "wirewatch-web")
    return Everywhere(room, own), room


def open_sharing(server: Server, store: IngestStore, log: SqliteLog, readers: str, clock: Clock) -> Together:
    """Meet the other ingesters; `readers` is the group of the local log that brings it to everybody.

    Raises StateError when the database cannot be used.
    """
    room = _room(server, "wirewatch-ingest")
    me = store.identity()
    book = Book(room, me, clock)
    publishing = Publishing(book, lambda: log.size().end_offset, lambda: log.read_below(readers))
    sharing = Sharing(room, Members(room, me), store, publishing, me)
    return Together(Shared(book, publishing), sharing, book, room)


def _room(server: Server, name: str) -> Room:
    from stream.postgres import new_engine, translator

    return Room(new_engine(server, name=name), translator(server))
