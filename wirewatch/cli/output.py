"""What commands print: JSON Lines for machines, tables for people; progress on stderr, on a terminal only."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, Self

import msgspec

from wirewatch.shown import shown, shown_line

Form = Literal["table", "json"]


def emit(row: Mapping[str, Any] | msgspec.Struct) -> None:
    """Write one JSON line to stdout."""
    emit_bytes(msgspec.json.encode(row))


def emit_bytes(line: bytes) -> None:
    """Write one line that is encoded already to stdout, on a terminal without what would act on it."""
    # JSON escapes C0 by itself; C1, line ends and overrides of direction it may write as they are.
    shown_bytes = shown(line.decode()).encode() if sys.stdout.isatty() else line
    sys.stdout.buffer.write(shown_bytes + b"\n")


def emit_document(document: object) -> None:
    """Write one indented JSON document to stdout."""
    emit_bytes(msgspec.json.format(msgspec.json.encode(document), indent=2))


def complain(message: str) -> None:
    """Write diagnostics to stderr, what would act on a terminal spelled out."""
    sys.stderr.write(shown(message.rstrip("\n")) + "\n")


def say(message: str) -> None:
    """Write lines for people to stdout, what would act on a terminal spelled out."""
    sys.stdout.write(shown(message.rstrip("\n")) + "\n")


def show(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], form: Form, empty: str) -> None:
    """Print rows as JSON Lines (every key) or as a table of `columns`; `empty` says what no rows mean."""
    if form == "json":
        for row in rows:
            emit(row)
        return
    listed = list(rows)
    if not listed:
        complain(empty)
        return
    _print_table(listed, columns)


def _print_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE, show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row.get(column)) for column in columns))
    Console(soft_wrap=False, width=None if sys.stdout.isatty() else 200).print(table)


def _cell(value: object) -> str:
    from rich.markup import escape

    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return "" if value is None else escape(shown_line(text))


class Progress:
    """A counter on stderr (`12/84 feeds asked`), on a terminal only; gone when it is done."""

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._done = 0
        self._is_shown = sys.stderr.isatty()

    def __enter__(self) -> Self:
        self._draw()
        return self

    def step(self) -> None:
        """One more is done."""
        self._done += 1
        self._draw()

    def __exit__(self, *raised: object) -> None:
        if self._is_shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _draw(self) -> None:
        if self._is_shown:
            sys.stderr.write(f"\r\x1b[K{self._done}/{self._total} {self._what}")
            sys.stderr.flush()
