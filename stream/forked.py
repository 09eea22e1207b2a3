"""Run work that may end its process in a process of its own, and learn how it ended.

It forks, so it is for programs of one thread that do nothing else: the trial of patterns, the search for what
kills a matcher. A service with threads starts such a program; it never forks itself.
"""

import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NoReturn

Reason = Literal["", "died", "timeout", "memory", "failed"]
Tell = Callable[[bytes], None]

_OUT_OF_MEMORY = 86
_FAILED = 87
_PAGE_BYTES = 65_536
_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the work may use: CPU time, time by the clock (it may wait for a processor), memory."""

    cpu_s: int
    wall_s: float
    memory_mb: int


@dataclass(frozen=True, slots=True)
class Ending:
    """How the work ended, and what it told until then; no reason: it came to its end.

    `failed`: it raised, and `told` ends with what. The others are what would have ended a service.
    """

    told: bytes
    reason: Reason = ""
    detail: str = ""


def run_forked(work: Callable[[Tell], None], bounds: Bounds) -> Ending:
    """Run `work` in a forked process; what it tells is kept even if it is killed the next moment."""
    ours, theirs = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        _do(work, theirs, bounds)
    os.close(theirs)
    told, is_late = _listen(ours, time.monotonic() + bounds.wall_s)
    os.close(ours)
    if is_late:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    if is_late:
        return Ending(told, "timeout", f"ran for {bounds.wall_s:g} s")
    return Ending(told, *_ending(status, bounds))


def _do(work: Callable[[Tell], None], pipe: int, bounds: Bounds) -> NoReturn:
    def tell(said: bytes) -> None:
        os.write(pipe, said)

    code = _FAILED
    try:
        _limit(bounds)
        work(tell)
        code = 0
    except MemoryError:
        code = _OUT_OF_MEMORY
    except BaseException as error:  # noqa: BLE001 - the parent hears of it; nothing above may run in the child
        tell(f"{type(error).__name__}: {error}".encode())
    finally:
        os._exit(code)


def _limit(bounds: Bounds) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (bounds.cpu_s, bounds.cpu_s + 1))
    memory_bytes = bounds.memory_mb * _MB
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _listen(pipe: int, until_s: float) -> tuple[bytes, bool]:
    """All that is told until the pipe closes, and whether time was up before."""
    told = bytearray()
    while (left_s := until_s - time.monotonic()) > 0:
        if not select.select([pipe], [], [], left_s)[0]:
            break
        said = os.read(pipe, _PAGE_BYTES)
        if not said:
            return bytes(told), False
        told += said
    return bytes(told), True


def _ending(status: int, bounds: Bounds) -> tuple[Reason, str]:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number == signal.SIGXCPU:
            return "timeout", f"used {bounds.cpu_s} s of CPU time"
        return "died", signal.Signals(number).name
    code = os.WEXITSTATUS(status)
    if code == _OUT_OF_MEMORY:
        return "memory", f"asked for more than {bounds.memory_mb} MB"
    return ("failed", "it raised") if code else ("", "")
