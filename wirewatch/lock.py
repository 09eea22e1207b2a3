"""One process a role on one state folder: a lock that the kernel releases even on SIGKILL.

The lock is on the folder itself, so that deleting files in it lets nobody else in. A folder has one lock of
flock(2), but ranges of fcntl(2): each role has a byte, read-locked, since a folder cannot be opened for
writing. Read locks exclude nobody, so flock makes asking for a byte and taking it one step.
"""

import errno
import fcntl
import os
import struct
import zlib
from pathlib import Path

from stream.errors import StateError
from stream.private import make_private_folder, refusals_of

_FLOCK = "hhqqi4x"  # struct flock of fcntl(2): type, whence, start, length, process
_NO_FOLDER_LOCKS = frozenset({errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOTSUP})


class StateLock:
    """Holds the folder for a role. `<state>/lock.<role>` names the holder's process for people.

    That file is locked too: older versions, and file systems without locks on folders, know only this one.
    """

    def __init__(self, state_dir: Path, role: str) -> None:
        """Take the lock at once or raise StateError naming the holder."""
        make_private_folder(state_dir)
        path = state_dir / f"lock.{role}"
        self._held: list[int] = []
        try:
            with refusals_of(state_dir):
                self._take(state_dir, path, role)
        except BlockingIOError as error:
            self.release()
            raise StateError(
                f"{state_dir} is in use: process {_holder(path)} runs the {role} role on it; "
                "stop it, or set WIREWATCH_STATE_DIR"
            ) from error
        except BaseException:
            self.release()
            raise

    def _take(self, state_dir: Path, path: Path, role: str) -> None:
        folder = os.open(state_dir, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._held.append(folder)
        _claim(folder, role)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._held.append(file)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let another process in; the file stays."""
        while self._held:
            os.close(self._held.pop())


def _claim(folder: int, role: str) -> None:
    """Lock the role's byte of a folder; raises BlockingIOError while another process holds it."""
    byte = zlib.crc32(role.encode())
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        try:
            asked = fcntl.fcntl(folder, fcntl.F_OFD_GETLK, struct.pack(_FLOCK, fcntl.F_WRLCK, 0, byte, 1, 0))
            if struct.unpack(_FLOCK, asked)[0] != fcntl.F_UNLCK:
                raise BlockingIOError(errno.EWOULDBLOCK, "the folder is held")
            fcntl.fcntl(folder, fcntl.F_OFD_SETLK, struct.pack(_FLOCK, fcntl.F_RDLCK, 0, byte, 1, 0))
        finally:
            fcntl.flock(folder, fcntl.LOCK_UN)
    except OSError as error:
        if error.errno not in _NO_FOLDER_LOCKS:
            raise


def _holder(path: Path) -> str:
    """The process that the file names; the file may be deleted, and then nobody knows."""
    try:
        return path.read_text(errors="replace")[:32].strip() or "unknown"
    except OSError:
        return "unknown"
