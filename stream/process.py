"""Telling whether another process of this machine is certainly gone, to take over from it at once."""

import os
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class _Mark:
    boot: str
    namespace: str
    pid: str
    started: str


def own_mark() -> str:
    """Name this process so that no other process ever has the same name; empty where /proc is missing."""
    try:
        mark = _Mark(_boot(), _namespace(), str(os.getpid()), _started("self"))
    except OSError:
        return ""
    return f"{mark.boot}/{mark.namespace}/{mark.pid}/{mark.started}"


def is_gone(mark: str) -> bool:
    """Whether the process with that mark has certainly ended; False when we can't know.

    Only a process of the same boot and the same process namespace can be looked up: a container may see
    the files of another but not its processes.
    """
    parts = mark.split("/")
    if len(parts) != 4:
        return False
    other = _Mark(*parts)
    try:
        if (other.boot, other.namespace) != (_boot(), _namespace()):
            return False
    except OSError:
        return False
    try:
        return _started(other.pid) != other.started
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _boot() -> str:
    return (_PROC / "sys/kernel/random/boot_id").read_text().strip()


def _namespace() -> str:
    return str((_PROC / "self/ns/pid").readlink())


def _started(pid: str) -> str:
    # proc_pid_stat(5): the name in parentheses may hold anything; the state is field 3, the start field 22.
    fields = (_PROC / pid / "stat").read_text().rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]
