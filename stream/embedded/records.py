"""The table of records: what is appended, read and counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from stream.db import Connection, Database
from stream.embedded.epochs import begin_epoch, end_offset, is_begun
from stream.embedded.history import Chain, new_name
from stream.embedded.row import COLUMNS, PARTITION, PackedEvent, RowCodec
from stream.errors import StateError
from stream.log import Appended, Record
from stream.sqlite.driver import raw_text

_INSERT = (
    f"INSERT INTO log_records ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608  constants of ours
    "ON CONFLICT (event_id, revision) DO NOTHING"
)
_READ = (
    f"SELECT offset, {COLUMNS} FROM log_records "  # noqa: S608  constants of ours
    "WHERE offset >= ? ORDER BY offset LIMIT ?"
)
_LATEST = (
    f"SELECT offset, {COLUMNS} FROM log_records "  # noqa: S608  constants of ours
    "WHERE event_id = ? ORDER BY revision DESC LIMIT 1"
)

_COUNT = (
    "SELECT count(*), min(offset) FROM "
    "(SELECT offset FROM log_records WHERE offset >= ? ORDER BY offset LIMIT ?)"
)
COUNTED_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class LogSize:
    """What the log holds now and has taken since it was created.

    `bytes` are those of the stored events, without keys and indexes. `oldest_offset` equals `end_offset`
    and `oldest_at` is None when the log is empty; `end_offset` is the one the next event will get.
    """

    rows: int
    bytes: int
    oldest_offset: int
    end_offset: int
    oldest_at: datetime | None
    appended: int
    duplicates: int


class Records:
    """Rows of one topic in a database."""

    def __init__(self, database: Database, codec: RowCodec, topic: str) -> None:
        self._database = database
        self._codec = codec
        self._topic = topic
        self._epoch = new_name()

    def create(self, connection: Connection) -> None:
        """Fix the topic, or check it. Raises StateError."""
        found = connection.execute("SELECT name FROM log_topic").fetchone()
        if found is None:
            connection.execute("INSERT INTO log_topic (name) VALUES (?)", (self._topic,))
        elif found != (self._topic,):
            raise StateError(
                f"{self._database.path} holds topic {found[0]!r}, wanted {self._topic!r}: "
                "it is fixed when the log is created",
            )

    def insert(self, connection: Connection, events: Sequence[PackedEvent]) -> list[Appended]:
        """Store events in order, within the transaction of `connection`; those known keep their place."""
        if not events:
            return []
        places: list[Appended] = []
        new_bytes = 0
        for event in events:
            cursor = connection.execute(_INSERT, event.values)
            if cursor.rowcount == 1 and cursor.lastrowid is not None:
                places.append(Appended(PARTITION, cursor.lastrowid, is_new=True))
                new_bytes += event.stored_bytes
            else:
                places.append(_place(connection, event))
        self._begin_epoch(connection, places)
        new = sum(place.is_new for place in places)
        connection.execute(
            "UPDATE log_topic SET rows = rows + ?1, appended = appended + ?1, bytes = bytes + ?2, "
            "duplicates = duplicates + ?3",
            (new, new_bytes, len(places) - new),
        )
        return places

    def _begin_epoch(self, connection: Connection, places: Sequence[Appended]) -> None:
        first = next((place.offset for place in places if place.is_new), None)
        if first is not None and not is_begun(connection, self._epoch):
            begin_epoch(connection, self._epoch, first)

    def read(self, offset: int, max_records: int, max_bytes: int) -> list[Record]:
        """Return records from `offset` on, in order, without their lineage; see `read_in`."""
        with self._database.read() as connection:
            return self.read_in(connection, offset, max_records, max_bytes, Chain(()))

    def read_in(
        self, connection: Connection, offset: int, max_records: int, max_bytes: int, chain: Chain
    ) -> list[Record]:
        """Return records from `offset` on, in order, as `connection` sees them; `chain` is the log's.

        At most `max_records`, and no more once they hold `max_bytes`: a backlog of large articles may not
        fill the memory.
        """
        records: list[Record] = []
        size = 0
        with raw_text(connection):
            for row in connection.execute(_READ, (offset, max_records)):
                record = self._codec.unpack(row, chain.lineage(row[0] + 1))
                records.append(record)
                size += len(record.value)
                if size >= max_bytes:
                    break
        return records

    def latest(self, event_id: str) -> Record | None:
        """Return the newest revision of an event; None if the log does not hold it (any more)."""
        with self._database.read() as connection, raw_text(connection):
            row = connection.execute(_LATEST, (event_id,)).fetchone()
        return None if row is None else self._codec.unpack(row)

    def count_from(self, position: int) -> int:
        """Count the records at or after a position: exactly below 1,000, and beyond by their offsets.

        Events that were known already leave gaps among the offsets: then it is a little more than there are.
        To count a million would read all of them.
        """
        with self._database.read() as connection:
            (counted, first) = connection.execute(_COUNT, (position, COUNTED_ROWS)).fetchone() or (0, 0)
            return int(counted) if counted < COUNTED_ROWS else end_offset(connection) - int(first)

    def size(self) -> LogSize:
        """Read the sums that are kept with the rows; cheap at any size."""
        with self._database.read() as connection:
            kept = connection.execute("SELECT rows, bytes, appended, duplicates FROM log_topic").fetchone()
            oldest = connection.execute(
                "SELECT offset, appended_at FROM log_records ORDER BY offset LIMIT 1",
            ).fetchone()
            end = end_offset(connection)
        rows, stored_bytes, appended, duplicates = kept or (0, 0, 0, 0)
        oldest_offset, oldest_at = oldest or (end, None)
        return LogSize(
            rows=rows,
            bytes=stored_bytes,
            oldest_offset=oldest_offset,
            end_offset=end,
            oldest_at=None if oldest_at is None else _instant(oldest_at),
            appended=appended,
            duplicates=duplicates,
        )


def _place(connection: Connection, event: PackedEvent) -> Appended:
    found = connection.execute(
        "SELECT offset FROM log_records WHERE event_id = ? AND revision = ?",
        (event.event_id, event.revision),
    ).fetchone()
    if found is None:
        raise StateError(f"event {event.event_id} is neither new nor stored: the index is damaged")
    return Appended(PARTITION, found[0], is_new=False)


def _instant(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
