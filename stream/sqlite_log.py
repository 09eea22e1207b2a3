"""The embedded log: durable, ordered by key, with consumer groups, in one SQLite file."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from stream.db import Connection, Database, Migration
from stream.embedded.acknowledged import Missing, Note, missing
from stream.embedded.consumer import DamageCounter, SqliteConsumer
from stream.embedded.groups import Groups
from stream.embedded.producer import SqliteProducer
from stream.embedded.records import LogSize, Records
from stream.embedded.retention import retain
from stream.embedded.row import PARTITION, RowCodec
from stream.embedded.tables import MIGRATIONS
from stream.event import ArticleEvent
from stream.log import Appended, Consumer, Producer, Record
from stream.timing import Clock, utc_now

_READ_BYTES = 16 * 1024 * 1024


class SqliteLog:
    """A topic in a database that has MIGRATIONS applied; safe to use from any thread and several processes.

    One partition, one reader a group. Offsets grow in the order of commits and are never used again in this
    log; in another that takes its place they are, which its readers notice (see `embedded.history`). The
    topic is fixed by the first opening: StateError if it differs later.
    """

    MIGRATIONS: ClassVar[Sequence[Migration]] = MIGRATIONS

    def __init__(
        self,
        database: Database,
        *,
        topic: str = "articles",
        clock: Clock = utc_now,
        metrics: DamageCounter | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._metrics = metrics
        self._codec = RowCodec(topic)
        self._records = Records(database, self._codec, topic)
        self._groups = Groups(database)
        database.write(self._records.create)

    def keep_note(self, path: Path) -> Missing | None:
        """Keep a note of what is acknowledged in a file beside the log, from now on; only who appends may.

        Returns what the note there says was acknowledged and is not in the log.
        """
        note = Note(path, self._clock)
        with self._database.read() as connection:
            noted = note.read()
            found = None if noted is None else missing(connection, noted)
        self._database.on_commit(note.keep)
        return found

    def append_in(self, connection: Connection, events: Sequence[ArticleEvent]) -> list[Appended]:
        """Store events within the caller's transaction (a job of `Database.write`); return their places.

        They are durable when that transaction is. Idempotent by event id and revision, until retention has
        removed the record. Raises BadEventError before anything is stored if one of the events is larger
        than 1 MiB (`too_large`) or can't be encoded (`invalid_event`).
        """
        now = self._clock()
        return self._records.insert(connection, [self._codec.pack(event, now) for event in events])

    def producer(self) -> Producer:
        """Return a new producer."""
        return SqliteProducer(self._database, self._records, self._codec, self._clock)

    def consumer(self, group: str) -> Consumer:
        """Return a new consumer, which joins `group` now; a new group starts at the oldest record.

        The group keeps what it has not read from retention from then on.
        """
        return SqliteConsumer(self._database, self._records, self._groups, group, self._metrics)

    def read(self, offset: int, max_records: int) -> list[Record]:
        """Return records from `offset` on without a group, for pages and replays; at most about 16 MiB."""
        return self._records.read(offset, max_records, _READ_BYTES)

    def event_by(self, event_id: str) -> Record | None:
        """Return the newest revision of an event; None if the log does not hold it (any more)."""
        return self._records.latest(event_id)

    def size(self) -> LogSize:
        """Say what the log holds; cheap at any size."""
        return self._records.size()

    def lags(self) -> dict[tuple[str, int], int]:
        """Records not yet committed, by known group and partition, whether it has a consumer or not."""
        return {
            (group, PARTITION): self._records.count_from(position)
            for group, position in self._groups.positions().items()
        }

    def read_below(self, group: str) -> int:
        """The offset below which the group has committed every record; 0 for one that never joined."""
        return self._groups.read_below(group)

    def retain(self, older_than: datetime, max_bytes: int | None) -> int:
        """Delete old records that every known group has read; return how many (see `retention`)."""
        return retain(self._database, older_than, max_bytes)

    def forget_group(self, group: str) -> None:
        """Remove a group that nobody needs any more, so that it no longer keeps records from retention.

        Close its consumers first: one that goes on joins anew with its next commit.
        """
        self._groups.forget(group)
