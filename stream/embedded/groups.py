"""Consumer groups: how far each has read, as the log itself notes it for its retention and for lag tools."""

from stream.db import Connection, Database
from stream.embedded.epochs import end_offset
from stream.errors import StreamError

_JOIN = "INSERT INTO log_positions (name) VALUES (?) ON CONFLICT DO NOTHING"
_ADVANCE = (
    "INSERT INTO log_positions (name, position) VALUES (?, ?) "
    "ON CONFLICT (name) DO UPDATE SET position = max(position, excluded.position)"
)


class Groups:
    """The table of groups."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def join(self, group: str) -> int:
        """Return where the group stands. A new one stands at the oldest record, and holds it from now on."""

        def job(connection: Connection) -> int:
            connection.execute(_JOIN, (group,))
            found = connection.execute("SELECT position FROM log_positions WHERE name = ?", (group,))
            (position,) = found.fetchone() or (0,)
            return int(position)

        return self._database.write(job)

    def commit(self, group: str, position: int) -> None:
        """Store a position, never backwards. Raises StreamError past the log's end."""

        def job(connection: Connection) -> None:
            end = end_offset(connection)
            if position > end:
                raise StreamError(f"position {position} is past the end, {end}")
            connection.execute(_ADVANCE, (group, position))

        self._database.write(job)

    def rewind(self, group: str, position: int) -> None:
        """Let the group stand no further than `position`: what it read beyond that is not in this log."""
        self._database.write(
            lambda connection: connection.execute(
                "UPDATE log_positions SET position = min(position, ?) WHERE name = ?", (position, group)
            )
        )

    def forget(self, group: str) -> None:
        """Remove a group that nobody needs any more, so that it no longer keeps records from retention."""
        self._database.write(
            lambda connection: connection.execute("DELETE FROM log_positions WHERE name = ?", (group,))
        )

    def positions(self) -> dict[str, int]:
        """The committed positions, by group."""
        with self._database.read() as connection:
            return dict(
                connection.execute("SELECT name, position FROM log_positions ORDER BY name").fetchall()
            )

    def read_below(self, group: str) -> int:
        """The offset below which the group has committed every record; 0 for one that never joined."""
        with self._database.read() as connection:
            first, position = connection.execute(
                "SELECT (SELECT min(offset) FROM log_records WHERE offset >= position), position "
                "FROM log_positions WHERE name = ?",
                (group,),
            ).fetchone() or (None, None)
            if position is None:
                return 0
            return end_offset(connection) if first is None else int(first)
