"""A producer of the embedded log."""

from collections.abc import Sequence

from stream.db import Database
from stream.embedded.records import Records
from stream.embedded.row import RowCodec
from stream.errors import StreamError
from stream.event import ArticleEvent
from stream.log import Appended
from stream.timing import Clock


class SqliteProducer:
    """Appends events; safe to use from any thread. Appends that wait at the same time share a transaction."""

    def __init__(
        self,
        database: Database,
        records: Records,
        codec: RowCodec,
        clock: Clock,
    ) -> None:
        self._database = database
        self._records = records
        self._codec = codec
        self._clock = clock
        self._closed = False

    def append(self, events: Sequence[ArticleEvent]) -> list[Appended]:
        """Store events durably, all or none, and return their places in order.

        Idempotent by event id and revision, until retention has removed the record. Raises BadEventError
        before anything is stored (`too_large`: over 1 MiB encoded; `invalid_event`), LogFullError without
        room, StreamError once closed.
        """
        if self._closed:
            raise StreamError("this producer is closed")
        if not events:
            return []
        now = self._clock()
        packed = [self._codec.pack(event, now) for event in events]  # here: the writer's time is everybody's
        return self._database.write(lambda connection: self._records.insert(connection, packed))

    def close(self) -> None:
        """Refuse further appends; nothing is left to flush."""
        self._closed = True
