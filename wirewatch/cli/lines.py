"""Lines of files and pipes, in batches that never wait: what has come is handed on before more is read."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from wirewatch.cli.output import complain

STDIN = "-"
_CHUNK_BYTES = 256 * 1024
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end, and where it stood: `file:line`. `data` is None when it was too long."""

    where: str
    data: bytes | None


class Complaints:
    """Says on stderr what could not be used, and remembers that there was something."""

    def __init__(self) -> None:
        self.count = 0

    def say(self, where: str, reason: str) -> None:
        """Report one thing: `file:line: reason`."""
        self.count += 1
        complain(f"{where}: {' '.join(reason.split())}")


def inputs(files: Sequence[str], complaints: Complaints) -> Iterator[tuple[str, BinaryIO]]:
    """Open each file in turn, `-` or none at all being standard input; report what cannot be opened."""
    for name in files or (STDIN,):
        if name == STDIN:
            yield "<stdin>", sys.stdin.buffer
            continue
        try:
            file = Path(name).open("rb")  # noqa: SIM115 - closed below, and only where it could be opened
        except (OSError, ValueError) as error:
            complaints.say(name, f"cannot be read: {getattr(error, 'strerror', None) or error}")
            continue
        with file:
            yield name, file


def batches(
    name: str, file: BinaryIO, max_line_bytes: int, before_read: Callable[[], object]
) -> Iterator[list[Line]]:
    """Split what has come so far into lines, then read on; `before_read` is called before it may wait.

    Memory stays within one line and one chunk. The last line needs no line feed; empty ones are left out.
    """
    splitter = _Splitter(name, max_line_bytes)
    read: Callable[[int], bytes] = getattr(file, "read1", file.read)
    before_read()
    while chunk := read(_CHUNK_BYTES):
        if lines := splitter.feed(chunk):
            yield lines
            before_read()
    if lines := splitter.end():
        yield lines


class _Splitter:
    def __init__(self, name: str, max_line_bytes: int) -> None:
        self._name = name
        self._limit = max_line_bytes
        self._rest: list[bytes] = []
        self._rest_bytes = 0
        self._number = 0

    def feed(self, chunk: bytes) -> list[Line]:
        """Take more bytes; returns the lines that they complete."""
        head, *others = chunk.split(b"\n")
        self._keep(head)
        if not others:
            return []
        *whole, tail = others
        lines = [self._complete(), *map(self._line, whole)]
        self._keep(tail)
        return [line for line in lines if line is not None]

    def end(self) -> list[Line]:
        """The line that no line feed ended."""
        line = self._complete()
        return [] if line is None else [line]

    def _keep(self, piece: bytes) -> None:
        self._rest_bytes += len(piece)
        if self._rest_bytes <= self._limit:
            self._rest.append(piece)
        else:
            self._rest.clear()

    def _complete(self) -> Line | None:
        is_too_long, data = self._rest_bytes > self._limit, b"".join(self._rest)
        self._rest, self._rest_bytes = [], 0
        if is_too_long:
            self._number += 1
            return Line(f"{self._name}:{self._number}", None)
        return self._line(data)

    def _line(self, data: bytes) -> Line | None:
        self._number += 1
        if self._number == 1:
            data = data.removeprefix(_BYTE_ORDER_MARK)
        data = data.strip()
        if len(data) > self._limit:
            return Line(f"{self._name}:{self._number}", None)
        return Line(f"{self._name}:{self._number}", data) if data else None
