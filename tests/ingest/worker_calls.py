"""Functions that worker processes are asked to run; a module of its own, for a new process imports it."""

import os
import signal
import threading
from datetime import datetime
from pathlib import Path

from ingest.normalise import Annotate
from tests.ingest.pages import NoCountries


def annotator() -> Annotate:
    """An annotator that some titles kill, hang or break."""
    return annotate


def annotate(title: str, text: str, language: str, *, published_at: datetime | None) -> NoCountries:
    """Do as the title says."""
    del text, language, published_at
    if title == "KILL":
        die()
    if title == "SPIN":
        spin()
    if title == "RAISE":
        raise ValueError("as asked")
    return NoCountries(countries=(f"{os.getpid()}",))


def annotator_behind(gate: Path) -> Annotate:
    """An annotator that is ready once a byte has come through a named pipe."""
    with gate.open("rb", buffering=0) as pipe:
        pipe.read(1)
    return annotate


def annotator_of(words: Path) -> Annotate:
    """An annotator that needs a file to start."""
    words.read_bytes()
    return annotate


def nice() -> int:
    """The priority of this thread, as nice(2) counts it."""
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def nice_at_start_and_now(at_start: int) -> tuple[int, int]:
    """What `nice` was as the initialiser, and is in a call."""
    return at_start, nice()


_calls: list[None] = []


def count_calls() -> int:
    """How often this was called in this process."""
    _calls.append(None)
    return len(_calls)


def no_annotator() -> Annotate:
    """An initialiser that fails, as with a broken data file."""
    raise FileNotFoundError("no gazetteer")


def die() -> None:
    """End like the victim of a segfault or the OOM killer."""
    os.kill(os.getpid(), signal.SIGKILL)


def spin() -> None:
    """Never return."""
    while True:
        pass


def swell() -> int:
    """Ask for more memory than a worker may have."""
    return len(bytearray(3_000_000_000))


def process_id() -> int:
    """The process that answers."""
    return os.getpid()


def add(one: int, other: int) -> int:
    """Add."""
    return one + other


def unpicklable() -> object:
    """A value that cannot travel."""
    return lambda: None


def is_sigint_ignored() -> bool:
    """Whether Ctrl-C would reach this process."""
    return signal.getsignal(signal.SIGINT) is signal.SIG_IGN
