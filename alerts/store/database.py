"""The database of alerts: its transactions, its tables, and SQLite as one that holds them.

SQLite runs in WAL with synchronous=FULL, so a transaction that returned survives a power loss. Writers
begin IMMEDIATE: they wait their turn at the start, and never fail half-way because a reader became a
writer. Readers see one snapshot and should be short, since they hold up the checkpoint.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pysqlite3.dbapi2 as driver
import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from alerts.store.tables import SCHEMA
from stream.errors import CommitUnknownError, StateError, StreamError
from stream.private import make_private_file
from stream.sqlite import driver as sqlite
from stream.sqlite.soundness import require_sound_file

BUSY_TIMEOUT_S = 10.0
_CHECK_S = 5.0
SCRIPTS = "alerts.store:migrations"
_BEGIN = "wirewatch_begin"

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_S * 1000)}",
    "PRAGMA journal_size_limit = 67108864",
)

Translate = Callable[[BaseException], StreamError]
"""What a driver's error means to us."""


class Database:
    """Two doors to one database: `write` and `read`. Safe to share between threads.

    `is_shared`: other processes, on other machines, may use it too. `skip_locked` ends a SELECT that picks
    rows to change: those that another process is changing are left to it.
    """

    def __init__(
        self, writer: sa.Engine, reader: sa.Engine, translate: Translate, *, is_shared: bool
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._translate = translate
        self.is_shared = is_shared
        self.skip_locked = " FOR UPDATE SKIP LOCKED" if is_shared else ""

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction that may write: commits at the end, rolls back when anything is raised.

        When it ends without an error, what it wrote is durable. Raises LogFullError when the disk is
        full, CommitUnknownError when the connection broke during the commit, StateError when the
        database is locked, damaged or not to be reached, StreamError for any other failure of it.
        """
        try:
            with self._writer.connect() as connection, connection.begin() as transaction:
                yield connection
                self._commit(transaction)
        except sa.exc.DBAPIError as error:
            raise self._translate(error.orig or error) from error
        except sa.exc.TimeoutError as error:
            raise StateError("every connection to the database is in use; it is tried again") from error

    def _commit(self, transaction: sa.RootTransaction) -> None:
        try:
            transaction.commit()
        except sa.exc.DBAPIError as error:
            if error.connection_invalidated:
                raise CommitUnknownError(str(self._translate(error.orig or error))) from error
            raise

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """One snapshot to read from; raises as `write` does."""
        try:
            with self._reader.connect() as connection:
                yield connection
        except sa.exc.DBAPIError as error:
            raise self._translate(error.orig or error) from error
        except sa.exc.TimeoutError as error:
            raise StateError("every connection to the database is in use; it is tried again") from error

    def close(self) -> None:
        """Close the idle connections; those in use close when they come back."""
        self._writer.dispose()


def open_sqlite(path: Path) -> Database:
    """Open or create the file, prove it sound, and bring its tables up to date.

    Call under the state lock: two processes must not migrate at once. Raises StateError for an SQLite
    that can corrupt files, and for a file that is corrupt, no database, or of a newer Wirewatch; it is
    left as it was then.
    """
    sqlite.require_sound_version()
    require_sound_file(path, (), busy_timeout_s=BUSY_TIMEOUT_S, check_s=_CHECK_S)
    make_private_file(path)
    database = _unchecked(path)
    try:
        if version(database) != SCHEMA:
            migrate(database, str(path))
    except StreamError:
        database.close()
        raise
    return database


def attach_sqlite(path: Path) -> Database:
    """Open the file of a service that may be running, as a command does: nothing is created or migrated.

    Raises StateError when there is no such file, or its tables are of another version than ours.
    """
    sqlite.require_sound_version()
    if not path.exists():
        raise StateError(f"{path}: no alerts database yet; the service makes it when it first starts")
    database = _unchecked(path)
    if (found := version(database)) != SCHEMA:
        database.close()
        raise StateError(
            f"{path}: its tables are {found or 'missing'}, wanted {SCHEMA}: start the service first"
        )
    return database


def version(database: Database) -> str | None:
    """The migration a database is at; None for one without tables."""
    with database.read() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def _unchecked(path: Path) -> Database:
    engine = _sqlite_engine(path)
    writer = engine.execution_options(**{_BEGIN: "IMMEDIATE"})
    return Database(writer, engine, lambda error: _translated(error, path), is_shared=False)


def _translated(error: BaseException, path: Path) -> StreamError:
    return sqlite.translated(error, path) if isinstance(error, Exception) else StreamError(str(error))


def _sqlite_engine(path: Path) -> sa.Engine:
    url = sa.URL.create("sqlite", database=str(path))
    engine = sa.create_engine(url, module=driver, pool_size=8, max_overflow=24)

    @sa.event.listens_for(engine, "connect")
    def on_connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # The driver would begin by itself, late and DEFERRED; we begin, see below.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        # By the driver itself: the engine's own way to execute costs six times as much, twice for each batch.
        statement = f"BEGIN {connection.get_execution_options().get(_BEGIN, 'DEFERRED')}"
        try:
            connection.connection.cursor().execute(statement)
        except driver.Error as error:
            raise sa.exc.OperationalError(statement, None, error) from error

    return engine


def migrate(database: Database, name: str, alone: Callable[[sa.Connection], None] | None = None) -> None:
    """Bring the tables to the newest version in one transaction: the old ones or the new ones, never half.

    `alone` is called first, in it, and returns when no other process can be migrating. Raises StateError
    for tables of a newer Wirewatch.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    with database.write() as connection:
        if alone is not None:
            alone(connection)
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise StateError(f"{name}: written by a newer version of Wirewatch: {error}") from error
