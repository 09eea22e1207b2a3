"""The table of epochs: who has appended what, as `history` needs it."""

from stream.embedded.history import FIRST_OFFSET, Epoch
from stream.sqlite.driver import Connection

_KEPT = 1_000  # one for each process that appended; readers keep far fewer


def begin_epoch(connection: Connection, name: str, offset: int) -> None:
    """Note, in the transaction that stores it, that `name` appended first at `offset`; once is enough."""
    connection.execute(
        "INSERT INTO log_epochs (begin, name) VALUES (?, ?) ON CONFLICT DO NOTHING", (offset, name)
    )
    connection.execute(
        "DELETE FROM log_epochs WHERE begin < "
        "(SELECT begin FROM log_epochs ORDER BY begin DESC LIMIT 1 OFFSET ?)",
        (_KEPT - 1,),
    )


def is_begun(connection: Connection, name: str) -> bool:
    """Whether an epoch of that name is in the log."""
    return connection.execute("SELECT 1 FROM log_epochs WHERE name = ?", (name,)).fetchone() is not None


def newest_epoch(connection: Connection) -> str | None:
    """The name of the last epoch; None where nothing was ever appended."""
    found = connection.execute("SELECT name FROM log_epochs ORDER BY begin DESC LIMIT 1").fetchone()
    return None if found is None else _text(found[0])


def all_epochs(connection: Connection) -> list[Epoch]:
    """The epochs that are kept, oldest first."""
    rows = connection.execute("SELECT name, begin FROM log_epochs ORDER BY begin")
    return [Epoch(_text(name), int(begin)) for name, begin in rows]


def end_offset(connection: Connection) -> int:
    """The offset the next event will get."""
    found = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'log_records'").fetchone()
    return FIRST_OFFSET if found is None else int(found[0]) + 1


def _text(found: str | bytes) -> str:
    """A text of ours, also on a connection that reads texts as bytes (`raw_text`)."""
    return found.decode(errors="replace") if isinstance(found, bytes) else found
