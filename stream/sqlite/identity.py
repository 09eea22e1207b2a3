"""Whether the files of a database are still those that were opened: SQLite goes on in removed ones."""

import os
from dataclasses import dataclass
from pathlib import Path

from stream.errors import FileReplacedError


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """Device and inode of a database file, and of what belongs to it while it is in use; None: not there."""

    main: tuple[int, int] | None
    wal: tuple[int, int] | None
    shared_memory: tuple[int, int] | None


def identify(path: Path) -> FileIdentity:
    """Look at the files that stand at a path now; three calls of stat(2)."""
    name = str(path)
    return FileIdentity(_inode(name), _inode(name + "-wal"), _inode(name + "-shm"))


def replaced(path: Path) -> FileReplacedError:
    """Say that somebody has removed or replaced the files, and what to do."""
    return FileReplacedError(
        f"{path} was removed or replaced while it was in use: nothing more is stored in what is left of it. "
        "Start this process again; before files are put back, stop every process that has them open"
    )


def _inode(name: str) -> tuple[int, int] | None:
    try:
        found = os.stat(name)  # noqa: PTH116  asked thrice for every transaction, and a Path costs as much
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
