"""Files and folders for their owner alone, and what it means when the system refuses one.

What somebody watches for, and whom it is sent to, is nobody else's business on the machine.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from stream.errors import BrokenDiskError, LogFullError, StreamError, UnwritableError

FOLDER_MODE = 0o700
FILE_MODE = 0o600
OTHERS = 0o077
"""The bits of a mode by which anybody but the owner gets in."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_REFUSED = frozenset(
    {
        errno.EACCES,
        errno.EPERM,
        errno.EROFS,
        errno.ENOENT,
        errno.ENOTDIR,
        errno.EISDIR,
        errno.EEXIST,
        errno.ELOOP,
        errno.ENAMETOOLONG,
    }
)


def keep_private() -> None:
    """Let this process, and those that it starts, make files for their owner alone from now on."""
    os.umask(OTHERS)


def make_private_folder(path: Path) -> None:
    """Make a folder, and those above it, where it is not there; one that is there keeps its mode.

    Raises what `refusals_of` raises.
    """
    with refusals_of(path):
        path.mkdir(FOLDER_MODE, parents=True, exist_ok=True)


def make_private_file(path: Path) -> None:
    """Make an empty file where none is; one that is there keeps its mode, and a failure is its opener's.

    SQLite gives the files beside a database, which it makes itself, the mode of the database.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, FILE_MODE))


@contextmanager
def refusals_of(path: Path) -> Iterator[None]:
    """Turn a refusal of the system into one of ours that names `path`, or the file that was refused.

    LogFullError: no room. UnwritableError: read-only, not permitted, or no such folder. BrokenDiskError: the
    device failed. All else is raised as it is.
    """
    try:
        yield
    except OSError as error:
        ours = explained(error, str(path))
        if ours is None:
            raise
        raise ours from error


def explained(error: OSError, path: str = "") -> StreamError | None:
    """What a refusal means, and what to do about it; None for one that an operator cannot mend."""
    where = error.filename if isinstance(error.filename, str) else path
    said = f"{where}: {error.strerror}" if where else str(error.strerror)
    if error.errno in _FULL:
        return LogFullError(f"{said}; make room, then start again")
    if error.errno in _REFUSED:
        return UnwritableError(f"{said}; let this user write there, or name another place")
    if error.errno == errno.EIO:
        return BrokenDiskError(f"{said}; look at the device, the system's log says more")
    return None
