"""The checks of `wirewatch doctor`: each looks at one thing and says how it is and what to do."""

import os
import platform
import shlex
import shutil
import socket
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Literal

from alerts.sinks.file import FileConfig
from stream.config.problem import ConfigError
from stream.errors import StreamError
from stream.kafka.options import KafkaOptions
from stream.private import OTHERS
from stream.server import Server
from stream.sqlite import driver as sqlite
from stream.timing import rfc3339, utc_now
from wirewatch.cli.check import counted, look
from wirewatch.cli.session import STATE_FILES, Session
from wirewatch.settings import Settings, WebSettings

_WANTED_PYTHON = (3, 11)
_WANTED_FREE_BYTES = 512 * 1024 * 1024
_ASK_S = 2.0
_CLOCK_SLACK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing is; `bad` keeps the daemon from its work, `warn` may do so later."""

    status: Literal["ok", "warn", "bad"]
    detail: str


def diagnose(session: Session) -> Iterator[tuple[str, Finding]]:
    """Look at everything; what needs the settings is left out when they cannot be read."""
    yield "python", python()
    yield "sqlite", sqlite_version(sqlite.VERSION)
    try:
        settings = session.settings()
    except ConfigError as error:
        yield "settings", Finding("bad", str(error))
        return
    yield "configuration", configuration(session)
    if (server := settings.database.server) is not None:
        yield "database", database(server, settings.database.place)
    yield "state", state_dir(settings.state_dir)
    yield "privacy", privacy([settings.state_dir, *_held_in(settings.state_dir), *_file_sinks(session)])
    yield "space", free_space(settings.state_dir)
    yield "port", port(settings.web)
    if settings.stream.kafka.bootstrap_servers:
        yield "kafka", kafka(settings.stream.kafka)
    yield "clock", clock(utc_now(), _newest_known(settings))


def python() -> Finding:
    """Whether this Python is new enough."""
    version = platform.python_version()
    if sys.version_info[:2] < _WANTED_PYTHON:
        return Finding("bad", f"{version}, wanted 3.11 or newer")
    return Finding("ok", version)


def sqlite_version(version: tuple[int, int, int]) -> Finding:
    """Whether this SQLite keeps a WAL file whole."""
    shown = ".".join(map(str, version))
    if sqlite.has_wal_reset_bug(version):
        return Finding("bad", f"{shown} has the WAL-reset bug: install pysqlite3>=0.6.1")
    return Finding("ok", shown)


def configuration(session: Session) -> Finding:
    """Whether the daemon would take the files under config/."""
    findings = look(session)
    said = counted(findings.counts, findings.problems)
    return Finding("ok", said) if findings.is_sound else Finding("bad", f"{said}; see `wirewatch check`")


def database(server: Server, place: str) -> Finding:
    """Whether PostgreSQL lets us in and has our tables; how far its clock is from ours."""
    from alerts.store.postgres import look_at
    from alerts.store.tables import SCHEMA

    try:
        version, now = look_at(server)
    except StreamError as error:
        return Finding("bad", str(error))
    if version not in {None, SCHEMA}:
        return Finding(
            "warn", f"{place}: its tables are {version}, ours {SCHEMA}: migrated by the first start"
        )
    tables = "" if version else "; the first start makes the tables"
    return Finding(
        "ok", f"{place}; its clock is {(now - utc_now()).total_seconds():+.1f} s from ours{tables}"
    )


def state_dir(folder: Path) -> Finding:
    """Whether the state can be written, or made where there is none yet."""
    if not folder.exists():
        parent = _nearest(folder)
        if not os.access(parent, os.W_OK | os.X_OK):
            return Finding("bad", f"{folder} is not there, and {parent} does not let us make it")
        return Finding("ok", f"{folder} is made by the first run")
    if not folder.is_dir():
        return Finding("bad", f"{folder} is no folder")
    locked = [name for name in ("", *STATE_FILES) if not _is_writable(folder / name)]
    if locked:
        return Finding("bad", f"{folder / locked[0]} cannot be written by this user")
    return Finding("ok", f"{folder} can be written")


def privacy(paths: Iterable[Path]) -> Finding:
    """Whether anybody but their owner may look into these; older versions made files by the umask alone."""
    open_to_others = [path for path in paths if path.exists() and path.stat().st_mode & OTHERS]
    if not open_to_others:
        return Finding("ok", "only their owner reads state and alerts")
    names = " ".join(shlex.quote(str(path)) for path in open_to_others)
    return Finding("warn", f"others may read state or alerts; close it with: chmod go= {names}")


def _held_in(folder: Path) -> list[Path]:
    """What is in the state folder; nothing where it cannot be looked into, which is said elsewhere."""
    try:
        return sorted(path for path in folder.iterdir() if not path.is_symlink())
    except OSError:
        return []


def _file_sinks(session: Session) -> list[Path]:
    from wirewatch.configuration import load_sinks

    sinks = load_sinks(session.config_dir).sinks
    return [config.path for config in sinks.values() if isinstance(config, FileConfig)]


def free_space(folder: Path) -> Finding:
    """Whether there is room for the log to grow."""
    free = shutil.disk_usage(_nearest(folder)).free
    shown = f"{free / 1e9:.1f} GB free"
    return Finding("ok" if free >= _WANTED_FREE_BYTES else "warn", shown)


def port(web: WebSettings) -> Finding:
    """Whether the address is free, or a daemon of ours answers there."""
    where = f"{web.host}:{web.port}"
    if web.port == 0:
        return Finding("ok", "any free port")
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((web.host, web.port))
    except OSError as error:
        if _answers(web):
            return Finding("ok", f"a daemon answers at {where}")
        return Finding("bad", f"{where}: {error.strerror}; set WIREWATCH_WEB__PORT to a free port")
    return Finding("ok", f"{where} is free")


def kafka(options: KafkaOptions) -> Finding:
    """Whether brokers answer and let us in, and whether the topic is as it should be."""
    from stream.kafka.topics import misfits, open_topics, plan

    try:
        with open_topics(options) as topics:
            brokers, state = topics.brokers(), topics.state(options.topic)
    except StreamError as error:
        return Finding("bad", f"{error}; see `stream.kafka` in the settings")
    if state is None:
        return Finding("bad", f"there is no topic {options.topic}: `wirewatch kafka init` makes it")
    if said := misfits(plan(options.topic, options.create, brokers), state):
        return Finding("warn", f"topic {options.topic}: {'; '.join(said)}")
    shape = f"{state.partitions} partitions, {state.replication} copies"
    return Finding("ok", f"{brokers} brokers, topic {options.topic}: {shape}")


def clock(now: datetime, newest: datetime) -> Finding:
    """Whether the clock is behind what was written before it."""
    if now + _CLOCK_SLACK < newest:
        return Finding("bad", f"it shows {rfc3339(now)}, but files are from {rfc3339(newest)}: set it right")
    return Finding("ok", rfc3339(now))


def _newest_known(settings: Settings) -> datetime:
    """When the newest of our own files was written: the clock cannot be before that."""
    files = [Path(__file__), *(settings.state_dir / name for name in STATE_FILES)]
    return datetime.fromtimestamp(max(file.stat().st_mtime for file in files if file.exists()), UTC)


def _answers(web: WebSettings) -> bool:
    connection = HTTPConnection(web.host, web.port, timeout=_ASK_S)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().read(16) == b"ok\n"
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _is_writable(path: Path) -> bool:
    return not path.exists() or os.access(path, os.W_OK)


def _nearest(folder: Path) -> Path:
    """The folder itself, or the closest one above it that is there."""
    return next(one for one in (folder, *folder.absolute().parents) if one.exists())
