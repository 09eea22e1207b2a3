"""Tables by numbered steps: several owners share one file, each with its own series."""

from collections.abc import Sequence
from dataclasses import dataclass

from stream.errors import StateError
from stream.sqlite.driver import Connection, statements

_VERSIONS = """CREATE TABLE IF NOT EXISTS schema_versions (
  owner TEXT PRIMARY KEY,
  version INTEGER NOT NULL
) STRICT, WITHOUT ROWID"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of one owner's tables. Once released it never changes; `version` counts from 1."""

    owner: str
    version: int
    sql: str


def migrate(connection: Connection, migrations: Sequence[Migration]) -> None:
    """Bring the tables to the newest version, each step in a transaction with its number.

    A crash leaves a step done or not begun, and the next start goes on from there. Two processes that
    start together do every step once. Raises StateError if the file is newer than the program.
    """
    _require_series(migrations)
    refuse_newer(connection, migrations)
    for migration in migrations:
        if migration.version > versions(connection).get(migration.owner, 0):
            _apply(connection, migration)


def refuse_newer(connection: Connection, migrations: Sequence[Migration]) -> None:
    """Raise StateError if a newer program has changed the tables; changes nothing."""
    newest = {migration.owner: migration.version for migration in migrations}
    for owner, version in versions(connection).items():
        if version > newest.get(owner, version):
            raise StateError(
                f"the tables of {owner!r} have version {version}, this program knows {newest[owner]}: "
                "start the newer program again, or restore the backup made before its first start",
            )


def versions(connection: Connection) -> dict[str, int]:
    """The version of each owner's tables in this file; empty for a new file."""
    known = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'schema_versions'").fetchone()
    if known is None:
        return {}
    return dict(connection.execute("SELECT owner, version FROM schema_versions").fetchall())


def _apply(connection: Connection, migration: Migration) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(_VERSIONS)
        # Another process may have been quicker: only now nobody else can write.
        if migration.version > versions(connection).get(migration.owner, 0):
            for statement in statements(migration.sql):
                connection.execute(statement)
            connection.execute(
                "INSERT INTO schema_versions VALUES (?, ?) "
                "ON CONFLICT (owner) DO UPDATE SET version = excluded.version",
                (migration.owner, migration.version),
            )
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _require_series(migrations: Sequence[Migration]) -> None:
    expected: dict[str, int] = {}
    for migration in migrations:
        expected[migration.owner] = expected.get(migration.owner, 0) + 1
        if migration.version != expected[migration.owner]:
            raise ValueError(
                f"migration {migration.owner} {migration.version}: wanted {expected[migration.owner]}",
            )
