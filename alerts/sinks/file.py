"""A file of JSON Lines: one alert, one line, on the disk before it counts as delivered."""

import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from alerts.alert import Alert
from alerts.payload import body
from alerts.sinks import Delivered, Outcome, RetryLater
from alerts.sinks.own_thread import OwnThread
from stream.private import FILE_MODE
from stream.untrusted.paths import PlainPath


class FileConfig(BaseModel):
    """A sink that appends to `path`; the folder must exist. A file that is made is its owner's alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["file"]
    path: PlainPath


class FileSink:
    """Appends. The file is opened for every alert, so that it may be rotated or deleted at any time.

    A crash may leave the start of a line; the next alert begins on a line of its own. `delivery_key` in
    the line is the key by which a repeat can be dropped.
    """

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self._path = path
        self._thread = OwnThread(f"sink-{name}")

    async def send(self, alert: Alert, key: str, attempt: int) -> Outcome:
        """Append it and wait for the disk."""
        del attempt
        try:
            line = _line(alert, key)
            await self._thread.run(lambda: self._append(line))
        except OSError as error:
            return RetryLater(None, "io_error", error.strerror or type(error).__name__)
        return Delivered("written")

    def _append(self, line: bytes) -> None:
        is_new = not self._path.exists()
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOCTTY
        descriptor = os.open(self._path, flags, FILE_MODE)
        try:
            _write_whole(descriptor, line)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if is_new:
            _sync_folder(self._path.parent)

    async def close(self) -> None:
        """End the thread; no file stays open between alerts."""
        self._thread.close()


def _line(alert: Alert, key: str) -> bytes:
    return b'{"delivery_key":"' + key.encode() + b'",' + body(alert)[1:] + b"\n"


def _write_whole(descriptor: int, line: bytes) -> None:
    """Append in one write; what a full disk took only in part is taken back."""
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        line = b"\n" + line
    if os.write(descriptor, line) != len(line):
        os.ftruncate(descriptor, size)
        raise OSError(28, "No space left on device")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
