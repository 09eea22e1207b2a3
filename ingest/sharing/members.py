"""Who is alive: each ingester renews a lease, by the clock of the database server."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import sqlalchemy as sa

from ingest.sharing.tables import create
from stream.errors import StreamError, UnavailableError

HEARTBEAT = timedelta(seconds=5)
LEASE = timedelta(seconds=25)
"""A dead ingester's sources have moved after a lease and a heartbeat: half a minute."""

_RENEW = sa.text("""
    INSERT INTO ingest_members (member, expires_at) VALUES (:me, clock_timestamp() + :lease)
    ON CONFLICT (member) DO UPDATE SET expires_at = excluded.expires_at""")
_LIVE = sa.text("SELECT member FROM ingest_members WHERE expires_at > clock_timestamp()")
# A lease that ends later than any can was given before the server's clock was set back.
_SHORTEN = sa.text("""
    UPDATE ingest_members SET expires_at = clock_timestamp() + :lease
    WHERE member <> :me AND expires_at > clock_timestamp() + :lease""")
_LEAVE = sa.text("DELETE FROM ingest_members WHERE member = :me")
_BURY = sa.text("DELETE FROM ingest_members WHERE expires_at < clock_timestamp() - INTERVAL '7 days'")


class Room:
    """The database that ingesters meet in. `translate` says what an error of its driver means."""

    def __init__(self, engine: sa.Engine, translate: Callable[[BaseException], StreamError]) -> None:
        """Create the tables where they are missing; raises StateError when the database cannot be used."""
        self._engine = engine
        self._translate = translate
        with self.begin() as connection:
            create(connection)

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """One transaction; raises UnavailableError when the server is away or busy, StreamError otherwise."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except sa.exc.DBAPIError as error:
            raise self._translate(error.orig or error) from error
        except sa.exc.TimeoutError as error:
            raise UnavailableError("every connection to the database is in use; it is tried again") from error

    def close(self) -> None:
        """Close the idle connections."""
        self._engine.dispose()


class Members:
    """The live ingesters, and me among them."""

    def __init__(self, room: Room, me: str, lease: timedelta = LEASE) -> None:
        self._room = room
        self._me = me
        self._lease = lease

    def renew(self) -> frozenset[str]:
        """Join or stay; return who lives, me included."""
        with self._room.begin() as connection:
            connection.execute(_RENEW, {"me": self._me, "lease": self._lease})
            connection.execute(_SHORTEN, {"me": self._me, "lease": self._lease})
            connection.execute(_BURY)
            return live(connection)

    def leave(self) -> None:
        """Go at once: the others see it at their next heartbeat."""
        with self._room.begin() as connection:
            connection.execute(_LEAVE, {"me": self._me})


def live(connection: sa.Connection) -> frozenset[str]:
    """Who lives, as seen in a transaction."""
    return frozenset(connection.execute(_LIVE).scalars())
