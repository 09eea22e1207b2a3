"""Telling whether another process of this machine is certainly gone, to take over from it at once."""

import os
from pathlib import Path

_PROC = Path("/proc")


def own_mark() -> str:
    """Name this process so that no other process ever has the same name; empty where /proc is missing."""
    try:
        return f"{_world()}/{os.getpid()}/{_started('self')}"
    except OSError:
        return ""


def is_gone(mark: str) -> bool:
    """Whether the process with that mark has certainly ended; False when we can't know.

    Only a process of the same boot and the same process namespace can be looked up: a container may see
    the files of another but not its processes.
    """
    world, _, process = mark.partition("/")
    pid, _, started = process.partition("/")
    try:
        return world == _world() and _started(pid) != started
    except FileNotFoundError:
        return bool(mark)
    except OSError:
        return False


def _world() -> str:
    boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    return f"{boot} {(_PROC / 'self/ns/pid').readlink()}"


def _started(pid: str) -> str:
    # proc_pid_stat(5): the name in parentheses may hold anything; the state is field 3, the start field 22.
    fields = (_PROC / pid / "stat").read_text().rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]
