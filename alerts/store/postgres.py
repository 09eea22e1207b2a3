"""The database of alerts on PostgreSQL, for more than one machine.

Each transaction is READ COMMITTED and locks what it changes; readers see one snapshot (REPEATABLE READ).
"""

from datetime import datetime

import sqlalchemy as sa

from alerts.store.clock import DatabaseClock
from alerts.store.database import Database, migrate, version
from alerts.store.tables import SCHEMA
from stream.errors import StateError, StreamError
from stream.postgres import new_engine, place_of, translator
from stream.server import Server

_MIGRATING = 0x57495245  # "WIRE": the advisory lock of whoever migrates


def open_postgres(server: Server) -> Database:
    """Connect, and bring the tables up to date; any number of processes may do so at once.

    Raises StateError when the server cannot be used, or its tables are of a newer Wirewatch.
    """
    database = _unchecked(server)
    try:
        if version(database) != SCHEMA:
            migrate(database, place_of(server), _be_alone)
    except StreamError:
        database.close()
        raise
    return database


def attach_postgres(server: Server) -> Database:
    """Connect as a command does: nothing is created or migrated.

    Raises StateError when the server cannot be used, or its tables are of another version than ours.
    """
    database = _unchecked(server)
    try:
        found = version(database)
        if found != SCHEMA:
            raise StateError(
                f"{place_of(server)}: its tables are {found or 'missing'}, wanted {SCHEMA}: "
                "start the service first"
            )
    except StreamError:
        database.close()
        raise
    return database


def look_at(server: Server) -> tuple[str | None, datetime]:
    """Say at which version the tables are (None: there are none), and what the server's clock shows.

    Raises StateError when the server cannot be used.
    """
    database = _unchecked(server)
    try:
        return version(database), DatabaseClock(database)()
    finally:
        database.close()


def _be_alone(connection: sa.Connection) -> None:
    """Wait for whoever migrates now; released at the end of the transaction, and by a crash."""
    connection.execute(sa.text("SET LOCAL lock_timeout = '10min'"))
    connection.execute(sa.text("SET LOCAL statement_timeout = '10min'"))
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})


def _unchecked(server: Server) -> Database:
    engine = new_engine(server)
    reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Database(engine, reader, translator(server), is_shared=True)
