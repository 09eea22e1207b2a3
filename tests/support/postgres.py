"""A PostgreSQL of our own in a temporary folder, or the one that DATABASE_URL names.

Each pytest process starts one at its first test that asks, and each test gets a database of its own. The
binaries are the system's; nothing of a server that runs already is touched unless DATABASE_URL names it.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest

_VERSIONS = Path("/usr/lib/postgresql")  # where Debian and Ubuntu put them, off the PATH
_START_S = 60
_PREFIX = "wirewatch-pg-"  # then the process that the server belongs to
_numbers = count(1)

# Ordinary tests never pull the plug: waiting for the disk would only make them slow.
_UNSYNCED = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


def find_binaries() -> Path | None:
    """The folder of `pg_ctl` and `postgres`; the newest where there are several."""
    on_path = shutil.which("pg_ctl")
    if on_path is not None:
        return Path(on_path).resolve().parent
    found = [path.parent for path in _VERSIONS.glob("*/bin/pg_ctl")]
    return max(found, key=lambda folder: int(folder.parent.name), default=None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Cluster:
    """A server of our own on a loopback port; the database's superuser is `wirewatch`, without a password."""

    def __init__(self, binaries: Path, *, is_synced: bool = False) -> None:
        self._binaries = binaries
        remove_orphans(binaries)
        self._folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
        self._user = _unprivileged()
        self.port = free_port()
        if self._user is not None:
            os.chown(self._folder, self._user.pw_uid, self._user.pw_gid)
        self._data = self._folder / "data"
        self._run(
            "initdb", "--no-sync", "--auth=trust", "--username=wirewatch", "--encoding=UTF8", "--locale=C"
        )
        settings = [
            "listen_addresses='127.0.0.1'",
            f"port={self.port}",
            f"unix_socket_directories='{self._folder}'",
            "max_connections=200",
            *(() if is_synced else _UNSYNCED),
        ]
        with (self._data / "postgresql.conf").open("a") as file:
            file.write("\n".join(["", *settings, ""]))
        self.start()

    @property
    def url(self) -> str:
        """The server's own database, for those who create others."""
        return f"postgresql://wirewatch@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        self._run("pg_ctl", "start", "--wait", f"--log={self._folder / 'log'}", f"--timeout={_START_S}")

    def stop(self) -> None:
        """Stop at once, as a power failure does: what was not committed is gone, clients are cut off."""
        self._run("pg_ctl", "stop", "--mode=immediate", "--wait")

    def restart(self) -> None:
        """Crash and recover."""
        self.stop()
        self.start()

    def log(self) -> str:
        return (self._folder / "log").read_text()

    def remove(self) -> None:
        try:
            self.stop()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        who: dict[str, object] = {}
        if self._user is not None:
            who = {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        done = subprocess.run(  # type: ignore[call-overload]  # the three keywords of another user, or none
            [self._binaries / program, "-D", self._data, *arguments],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,  # no pipe: the server inherits it, and we would wait for its end
            stderr=subprocess.DEVNULL,
            timeout=_START_S * 2,
            check=False,
            **who,
        )
        assert done.returncode == 0, f"{program} failed ({done.returncode}): {self._folder}"


def remove_orphans(binaries: Path) -> None:
    """Stop the servers whose test process was killed, and take their folders away."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if not owner.isdecimal() or Path("/proc", owner).exists() or not Path("/proc/self").exists():
            continue
        user = _unprivileged()
        as_user = ["runuser", "-u", user.pw_name, "--"] if user else []
        stop = [str(binaries / "pg_ctl"), "-D", str(folder / "data"), "stop", "--mode=immediate", "--silent"]
        subprocess.run([*as_user, *stop], check=False, capture_output=True, timeout=_START_S)
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd | None:
    """Who runs the server where we are root, which PostgreSQL refuses to be."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise AssertionError("root, and no other user to run PostgreSQL as")


def require_binaries() -> Path:
    """The binaries; without them the test is skipped in one line, and fails where CI promises them."""
    binaries = find_binaries()
    if binaries is None:
        missing = "no PostgreSQL (Debian, Ubuntu: apt install postgresql), and no DATABASE_URL"
        if os.environ.get("CI"):
            pytest.fail(f"{missing}: CI promises one", pytrace=False)
        pytest.skip(missing)
    return binaries


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server on which databases can be made: the one named, or one of our own."""
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    with cluster(is_synced=False) as own:
        yield own.url


@contextmanager
def cluster(*, is_synced: bool = True) -> Iterator[Cluster]:
    """A server that the test may crash."""
    own = Cluster(require_binaries(), is_synced=is_synced)
    try:
        yield own
    finally:
        own.remove()


@contextmanager
def fresh_database(server_url: str) -> Iterator[str]:
    """The URL of a new database, which is dropped at the end, whoever still uses it."""
    name = f"wirewatch_test_{os.getpid()}_{next(_numbers)}"
    _execute(server_url, f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        yield of_database(server_url, name)
    finally:
        _execute(server_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def of_database(server_url: str, name: str) -> str:
    """The same server, another database: libpq lets a later keyword win."""
    parts = psycopg.conninfo.conninfo_to_dict(server_url, dbname=name)
    return f"postgresql:///?{urlencode(parts)}"


def empty(url: str, tables: Sequence[str]) -> None:
    """Take all rows from the tables, and whoever a test left behind from the database."""
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    _execute(url, f"SELECT pg_terminate_backend(pid) {others}")
    _execute(url, f"TRUNCATE {', '.join(tables)} RESTART IDENTITY")


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
