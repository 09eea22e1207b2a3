"""The only importer of psycopg: connections that survive a restart, and failures turned into ours.

What libpq understands works: several hosts, `sslmode`, a password from a file of its own (`~/.pgpass`,
`PGPASSFILE`), a service. Neither the URL nor the password stands in any error, log line or repr.
"""

from collections.abc import Callable
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.types.string import StrDumper
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from stream.errors import LogFullError, StateError, StreamError, UnavailableError
from stream.server import Server

# synchronous_commit: a transaction that returned is on the disk. The time limits end what would block
# everybody else: a statement that runs away, a lock that is not released, a process that was frozen.
_SESSION = (
    "SET synchronous_commit = on",
    "SET statement_timeout = '10s'",
    "SET lock_timeout = '3s'",
    "SET idle_in_transaction_session_timeout = '30s'",
    "SET timezone = 'UTC'",
)
# A peer that vanished without a word is noticed in 15 s, not in the two hours of TCP's default.
_CONNECT: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 15_000,
}
_FULL = "53100"  # disk_full
_BUSY = frozenset({"40001", "40P01", "55P03", "57014"})  # serialisation, deadlock, lock, statement timeout
_AGAIN = "it is tried again by itself"
_WHAT_TO_DO = {
    "28P01": "the password is wrong: set database.password, its _FILE variable, or ~/.pgpass",
    "28000": "this user may not connect: see pg_hba.conf of the server",
    "3D000": "make the database first: createdb NAME",
    "42501": "this user lacks a right: it must own the database, or may create tables in its schema",
}
_LATER = {
    "53300": "raise max_connections, or run fewer processes",
    "57P03": "it is starting or stopping",
    "25006": "it is a standby: name all hosts in database.url, with target_session_attrs=read-write",
}


def place_of(server: Server) -> str:
    """The host, port and database, for people; nothing of who connects."""
    parts = _parts(server)
    host, port = parts.get("host") or "localhost", parts.get("port") or "5432"
    return f"PostgreSQL at {host}:{port}/{parts.get('dbname') or ''}"


def connect(server: Server, **more: Any) -> "psycopg.Connection[Any]":
    """Open one connection; psycopg's errors pass, so that a pool sees what they are."""
    kept_apart = {} if server.password is None else {"password": server.password}
    return psycopg.connect("", **{**_CONNECT, **more, **_parts(server), **kept_apart})


def _parts(server: Server) -> dict[str, Any]:
    try:
        return psycopg.conninfo.conninfo_to_dict(server.url)
    except psycopg.ProgrammingError:
        raise StateError("database.url cannot be read: see how libpq wants a URL written") from None


class _PlainText(StrDumper):
    """PostgreSQL holds no NUL in a text; one in a stranger's article must not stop the partition."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", "�") if "\0" in obj else obj)


def new_engine(server: Server, *, name: str = "wirewatch") -> sa.Engine:
    """Make a pool of connections, each asked whether it lives before it is used; none is opened yet."""
    engine = sa.create_engine(
        "postgresql+psycopg://",
        creator=lambda: connect(server, application_name=name),
        pool_size=4,
        max_overflow=12,
        pool_timeout=10,
        pool_pre_ping=True,
        hide_parameters=True,
    )

    @sa.event.listens_for(engine, "connect")
    def on_connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        driver: Any = connection
        driver.adapters.register_dumper(str, _PlainText)
        for setting in _SESSION:
            driver.execute(setting)
        driver.commit()

    return engine


def translator(server: Server) -> Callable[[BaseException], StreamError]:
    """Say in our words what the server, or the way to it, refused; see `translated`."""
    place = place_of(server)
    return lambda error: translated(error, place)


def translated(error: BaseException, place: str) -> StreamError:
    """LogFullError: no room. UnavailableError: away, or busy. StateError: not ours to use. Else StreamError.

    The server's DETAIL is left out, since it quotes rows.
    """
    if not isinstance(error, psycopg.Error):
        return StreamError(f"{place}: {error}")
    code = error.sqlstate or ""
    said = (error.diag.message_primary or str(error)).strip().replace("\n", "; ")
    if code == _FULL:
        return LogFullError(f"{place} has no room left; {_AGAIN}")
    code = code or _guess(said)
    if code in _WHAT_TO_DO:
        return StateError(f"{place}: {said}; {_WHAT_TO_DO[code]}")
    if code in _BUSY:
        return UnavailableError(f"{place} is busy: {said}; {_AGAIN}")
    if code in _LATER or isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        todo = _LATER.get(code, "see that it runs, and that database.url is right")
        return UnavailableError(f"{place} cannot be used: {said}; {todo}; {_AGAIN}")
    return StreamError(f"{place}: {said} ({code or type(error).__name__})")


def _guess(said: str) -> str:
    """The code, where libpq was refused while it connected and hands on none."""
    hints = {
        "password": "28P01",
        "pg_hba": "28000",
        'role "': "28000",
        "too many clients": "53300",
        "starting up": "57P03",
        "shutting down": "57P03",
        "not yet accepting connections": "57P03",
        "does not exist": "3D000",
    }
    if "FATAL" not in said:
        return ""
    return next((code for word, code in hints.items() if word in said), "")
