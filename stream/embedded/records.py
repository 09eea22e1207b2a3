"""The table of records: what is appended, read and counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from stream.db import Connection, Database
from stream.embedded.row import COLUMNS, PackedEvent, RowCodec
from stream.errors import StateError
from stream.log import Appended, Record
from stream.sqlite.driver import raw_text

FIRST_OFFSET = 1

_INSERT = (
    f"INSERT INTO log_records ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608  constants of ours
    "ON CONFLICT (event_id, revision) DO NOTHING"
)
_READ = (
    f"SELECT offset, {COLUMNS} FROM log_records "  # noqa: S608  constants of ours
    "WHERE partition = ? AND offset >= ? ORDER BY offset LIMIT ?"
)
_LATEST = (
    f"SELECT offset, {COLUMNS} FROM log_records "  # noqa: S608  constants of ours
    "WHERE event_id = ? ORDER BY revision DESC LIMIT 1"
)


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

    def create(self, connection: Connection, partitions: int) -> None:
        """Fix topic and number of partitions, or check them: keys would change places. Raises StateError."""
        found = connection.execute("SELECT name, partitions FROM log_topic").fetchone()
        if found is None:
            connection.execute(
                "INSERT INTO log_topic (name, partitions) VALUES (?, ?)",
                (self._topic, partitions),
            )
        elif found != (self._topic, partitions):
            raise StateError(
                f"{self._database.path} holds topic {found[0]!r} in {found[1]} partitions, "
                f"wanted {self._topic!r} in {partitions}: both are fixed when the log is created",
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
                places.append(Appended(event.partition, cursor.lastrowid, is_new=True))
                new_bytes += event.stored_bytes
            else:
                places.append(_place(connection, event))
        new = sum(place.is_new for place in places)
        connection.execute(
            "UPDATE log_topic SET rows = rows + ?1, appended = appended + ?1, bytes = bytes + ?2, "
            "duplicates = duplicates + ?3",
            (new, new_bytes, len(places) - new),
        )
        return places

    def read(self, partition: int, offset: int, max_records: int, max_bytes: int) -> list[Record]:
        """Return records of a partition from `offset` on, in order.

        At most `max_records`, and no more once they hold `max_bytes`: a backlog of large articles may not
        fill the memory.
        """
        records: list[Record] = []
        size = 0
        with self._database.read() as connection, raw_text(connection):
            for row in connection.execute(_READ, (partition, offset, max_records)):
                record = self._codec.unpack(row)
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

    def count_from(self, positions: dict[int, int]) -> dict[int, int]:
        """Count the records at or after a position, by partition."""
        with self._database.read() as connection:
            return {
                partition: _count_from(connection, partition, position)
                for partition, position in positions.items()
            }

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


def end_offset(connection: Connection) -> int:
    """The offset the next event will get."""
    found = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'log_records'").fetchone()
    return FIRST_OFFSET if found is None else int(found[0]) + 1


def _count_from(connection: Connection, partition: int, position: int) -> int:
    found = connection.execute(
        "SELECT count(*) FROM log_records WHERE partition = ? AND offset >= ?",
        (partition, position),
    ).fetchone()
    return 0 if found is None else int(found[0])


def _place(connection: Connection, event: PackedEvent) -> Appended:
    found = connection.execute(
        "SELECT partition, offset FROM log_records WHERE event_id = ? AND revision = ?",
        (event.event_id, event.revision),
    ).fetchone()
    if found is None:
        raise StateError(f"event {event.event_id} is neither new nor stored: the index is damaged")
    return Appended(found[0], found[1], is_new=False)


def _instant(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
