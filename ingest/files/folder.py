"""A folder as a place where anybody may have put anything: list it and open what is in it, safely.

Nothing outside the folder is ever read: symlinks are not followed (neither a file, nor a folder on the
way), devices and pipes are not opened, and what is opened is checked again once it is open.
"""

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from stream.errors import StreamError

_PARTIAL = (".tmp", ".part")


class UnsafePathError(StreamError):
    """A path that is no regular file inside its folder; the message is its detail."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a folder.

    `name` is its path below the folder, printable, and its key. `stamp` changes whenever the content or the
    permissions do. `problem` says why it may not be opened; empty: it may.
    """

    name: str
    path: Path
    size: int
    modified_at_s: float
    stamp: str
    problem: str = ""


def list_files(root: Path, suffixes: frozenset[str], *, is_recursive: bool) -> list[Entry]:
    """List the files with one of `suffixes` (lower case, with dot) by name, without hidden and partial ones.

    Partial names end in .tmp or .part. Raises OSError when the folder itself cannot be read.
    """
    return sorted(_walk(root, root, suffixes, is_recursive=is_recursive), key=lambda entry: entry.name)


def _walk(root: Path, folder: Path, suffixes: frozenset[str], *, is_recursive: bool) -> Iterator[Entry]:
    with os.scandir(folder) as found:
        for item in found:
            if item.name.startswith(".") or item.name.lower().endswith(_PARTIAL):
                continue
            path = Path(item.path)
            if is_recursive and item.is_dir():
                yield from _subfolder(root, item, suffixes)
            elif path.suffix.lower() in suffixes:
                yield from _entry(root, item)


def _subfolder(root: Path, item: os.DirEntry[str], suffixes: frozenset[str]) -> Iterator[Entry]:
    if item.is_symlink():
        yield from _entry(root, item)
        return
    try:
        yield from _walk(root, Path(item.path), suffixes, is_recursive=True)
    except OSError as error:
        yield from _entry(root, item, f"cannot be listed: {error.strerror}")


def _entry(root: Path, item: os.DirEntry[str], problem: str = "") -> Iterator[Entry]:
    try:
        status = item.stat(follow_symlinks=False)
    except FileNotFoundError:
        return  # gone since it was listed
    path = Path(item.path)
    yield Entry(
        name=os.fsencode(path.relative_to(root)).decode("utf-8", "backslashreplace"),
        path=path,
        size=status.st_size,
        modified_at_s=status.st_mtime,
        stamp=stamp_of(status),
        problem=problem or _problem(status),
    )


def stamp_of(status: os.stat_result) -> str:
    """What tells one state of a file from another: size, and when content and permissions changed."""
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}"


def _problem(status: os.stat_result) -> str:
    if stat.S_ISLNK(status.st_mode):
        return "a symbolic link"
    return "" if stat.S_ISREG(status.st_mode) else "not a regular file"


def open_regular(root: Path, path: Path) -> BinaryIO:
    """Open a regular file inside `root` for reading; never waits on a pipe, never follows a link.

    Raises UnsafePathError when it is not one (any more), OSError when it cannot be read.
    """
    try:
        is_inside = path.parent.resolve(strict=True).is_relative_to(root.resolve(strict=True))
    except ValueError as error:  # a NUL in the name
        raise UnsafePathError(str(error)) from error
    if not is_inside or path.name == "..":
        raise UnsafePathError("outside its folder")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except ValueError as error:
        raise UnsafePathError(str(error)) from error
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise UnsafePathError("a symbolic link") from error
        raise
    file = os.fdopen(descriptor, "rb")
    problem = _problem(os.fstat(file.fileno()))
    if problem:
        file.close()
        raise UnsafePathError(problem)
    return file
