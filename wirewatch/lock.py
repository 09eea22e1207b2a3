"""One process a role on one state directory: a lock that the kernel releases even on SIGKILL."""

import fcntl
import os
from pathlib import Path

from stream.errors import StateError


class StateLock:
    """Holds `<state>/lock.<role>`; the file names the holder's process for people."""

    def __init__(self, state_dir: Path, role: str) -> None:
        """Take the lock at once or raise StateError naming the holder."""
        state_dir.mkdir(parents=True, exist_ok=True)
        self._path = state_dir / f"lock.{role}"
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(self._file, 32).decode(errors="replace").strip() or "unknown"
            os.close(self._file)
            raise StateError(
                f"{state_dir} is in use: process {holder} runs the {role} role on it; "
                "stop it, or set WIREWATCH_STATE_DIR"
            ) from error
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let another process in; the file stays."""
        os.close(self._file)
