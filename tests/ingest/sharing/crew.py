"""Several ingesters over one PostgreSQL: each with a file of its own, killed and started as a test likes."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from ingest.intake import Shared
from ingest.item import RawItem
from ingest.outcome import IntakeResult
from ingest.sharing.book import Book
from ingest.sharing.members import Members, Room
from ingest.sharing.sharing import Publishing, Sharing
from stream.event import ArticleEvent
from stream.postgres import new_engine, translator
from stream.server import Server
from tests.ingest.world import StepClock, World

READERS = "forward"


class Hand:
    """One ingester of the crew."""

    def __init__(self, crew: "Crew", name: str) -> None:
        self.room = Room(new_engine(crew.server), translator(crew.server))
        folder = crew.folder / name
        folder.mkdir(exist_ok=True)
        self.world = World(folder, clock=crew.clock, share=self._share)
        self._crew = crew
        self.members = Members(self.room, self.me, timedelta(days=1))
        self.sharing = Sharing(self.room, self.members, self.world.store, self.publishing, self.me)
        self.members.renew()

    def _share(self, world: World) -> Shared:
        self.me = world.store.identity()
        self.book = Book(self.room, self.me, world.clock)
        log = world.log
        self.publishing = Publishing(
            self.book, lambda: log.size().end_offset, lambda: log.read_below(READERS)
        )
        return Shared(self.book, self.publishing)

    def accept(self, *items: RawItem, source: str = "wire") -> list[str]:
        """What became of the items, as words."""
        result = asyncio.run(self.world.intake.accept(items, max_age=None, source_id=source))
        assert isinstance(result, IntakeResult), result
        return [type(outcome).__name__ for outcome in result.outcomes]

    def publish(self) -> list[ArticleEvent]:
        """Bring everything on the log to everybody, as a forwarder or a matcher does."""
        consumer = self.world.log.consumer(READERS)
        records = []
        while batch := consumer.poll(1_000, 0.01) or consumer.poll(1_000, 0.01):
            records += batch
            consumer.commit({batch[-1].partition: batch[-1].offset + 1})
        consumer.close()
        events = [event for event in self.world.events() if event.event_id]
        self._crew.read += events[-len(records) :] if records else []
        self.publishing.step()
        return events

    def die(self, *, with_disk: bool = False) -> None:
        """Be gone without a word, the lease with it."""
        self.world.database.close()
        self.members.leave()
        self.room.close()
        if with_disk:
            self._crew.lost.add(self.me)


class Crew:
    """All ingesters over one database, and what everybody could read."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.clock = StepClock()
        self.read: list[ArticleEvent] = []
        self.lost: set[str] = set()
        self._hands: list[Hand] = []

    def hand(self, name: str) -> Hand:
        hand = Hand(self, name)
        self._hands.append(hand)
        return hand

    def contents(self) -> Counter[tuple[str, str]]:
        """Every distinct (title, text) that could be read, by how many numbers it came under."""
        numbered = {(event.event_id, event.revision, event.title, event.text) for event in self.read}
        return Counter((title, text) for _, _, title, text in numbered)

    def numbers(self) -> dict[tuple[str, int], set[str]]:
        """The contents that came under each id and number: more than one would hide the second."""
        found: dict[tuple[str, int], set[str]] = {}
        for event in self.read:
            found.setdefault((event.event_id, event.revision), set()).add(event.content_hash)
        return found

    def close(self) -> None:
        for hand in self._hands:
            hand.world.database.close()
            hand.room.close()


@contextmanager
def crew(server: Server, folder: Path) -> Iterator[Crew]:
    opened = Crew(server, folder)
    try:
        yield opened
    finally:
        opened.close()


def texts(events: Sequence[ArticleEvent]) -> list[tuple[int, str]]:
    return [(event.revision, event.text) for event in events]
