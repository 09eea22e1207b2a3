"""Reading a file of lines piece by piece, from where the last piece ended, in bounded memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Place:
    """Where to read on: a byte offset, and the number of lines before it."""

    offset: int = 0
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end; `data` is None when it was too long. `end` is the place after it."""

    data: bytes | None
    end: Place


def read_lines(file: BinaryIO, start: Place, max_line_bytes: int) -> Iterator[Line]:
    """Yield the lines from `start` on; a last line without a line feed counts as one."""
    file.seek(start.offset)
    place = start
    while piece := file.readline(max_line_bytes + 1):
        size = len(piece)
        is_whole = piece.endswith(b"\n") or size <= max_line_bytes
        if not is_whole:
            size += _skip_to_line_end(file, max_line_bytes)
        place = Place(place.offset + size, place.lines + 1)
        yield Line(piece.rstrip(b"\r\n") if is_whole else None, place)


def _skip_to_line_end(file: BinaryIO, chunk_bytes: int) -> int:
    skipped = 0
    while piece := file.readline(chunk_bytes):
        skipped += len(piece)
        if piece.endswith(b"\n"):
            break
    return skipped
