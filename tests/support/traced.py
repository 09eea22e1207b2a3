"""Every statement that SQLite runs, written down with its values: for looking at its plan afterwards."""

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2 as sqlite

_VALUE = re.compile(r"x?'(?:[^']|'')*'|\b\d[\d.e+-]*\b", re.IGNORECASE)
_LISTS = re.compile(r"\?(?:\s*,\s*\?)+")
_Connect = Callable[..., Any]


def shape(statement: str) -> str:
    """A statement without its values: those that differ in nothing else have one plan."""
    return " ".join(_LISTS.sub("?", _VALUE.sub("?", statement)).split())


def start_tracing(to: Path) -> _Connect:
    """Note each new shape of statement in a file from now on; returns what connected before."""
    connect: _Connect = sqlite.connect
    known: set[tuple[str, str]] = set()

    def connect_traced(database: Any, *args: Any, **options: Any) -> Any:
        connection = connect(database, *args, **options)
        (row,) = connection.execute("PRAGMA database_list").fetchall()[:1]
        connection.set_trace_callback(lambda statement: note(str(row[2]), statement))
        return connection

    def note(database: str, statement: str) -> None:
        if (database, shape(statement)) not in known:
            known.add((database, shape(statement)))
            with to.open("a") as file:
                file.write(json.dumps([database, statement]) + "\n")

    sqlite.connect = connect_traced
    return connect


@contextmanager
def tracing(to: Path) -> Iterator[None]:
    """Note the statements of this process in a file."""
    connect = start_tracing(to)
    try:
        yield
    finally:
        sqlite.connect = connect


def tracing_environment(to: Path) -> dict[str, str]:
    """What makes a process of ours, and its children, do so."""
    root = Path(__file__).parents[2]
    return {
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent / "tracing"), str(root)]),
        "TRACE": str(to),
    }


def traced(file: Path) -> dict[tuple[str, str], str]:
    """One statement of each shape, by the file name of its database and its shape."""
    lines: Iterable[list[str]] = map(json.loads, file.read_text().splitlines())
    return {(Path(database).name, shape(statement)): statement for database, statement in lines}
