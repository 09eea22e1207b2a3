"""The process behind one worker: it serves calls from a pipe until the pipe closes.

Extraction crashes, hangs and swells; here that ends a process nobody else shares. Imports stay light: what a
call needs is imported when its function is unpickled.
"""

import ctypes
import gc
import os
import pickle
import resource
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

_PR_SET_PDEATHSIG = 1  # prctl(2)
_GENTLY = 10  # nice(2): what is served now gets nine tenths of a processor that both want


@dataclass(frozen=True, slots=True)
class Call:
    """One function with its arguments; `with_context` puts what the initialiser built before them."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    with_context: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call returned, or the exception it raised."""

    value: object = None
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """How a process begins. `initialise` is a pickled function, since to unpickle it costs its imports.

    `gently`: at a lower priority until it is ready; afterwards at that of its parent.
    """

    initialise: bytes
    parent_pid: int
    memory_bytes: int | None
    gently: bool


def serve(pipe: Connection, start: Start) -> None:
    """Answer the start with None or the initialiser's exception, then every call; end with the pipe.

    Ctrl-C reaches the whole group and is the parent's to act on: it drains, then closes. SIGTERM ends the
    process as by default; where a service manager sends it to all, the parent replaces what it still needs.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with(start.parent_pid)
    if start.memory_bytes is not None:
        resource.setrlimit(resource.RLIMIT_AS, (start.memory_bytes, start.memory_bytes))
    started = _started(start)
    _send(pipe, Answer(error=started.error))
    if started.error is None:
        gc.freeze()  # the annotator's tables live as long as the process: no need to walk them again
        _serve_calls(pipe, started.value)


def _started(start: Start) -> Answer:
    """What the initialiser built, or the exception it raised.

    In a thread where it should go gently: on Linux a thread has a priority of its own (sched(7)), while a
    process that has lowered its own may not raise it again.
    """
    if not (start.gently and sys.platform == "linux"):
        return _answer(_initialised, start.initialise)
    answers: list[Answer] = []

    def begin() -> None:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _GENTLY)
        answers.append(_answer(_initialised, start.initialise))

    thread = threading.Thread(target=begin)
    thread.start()
    thread.join()
    return answers[0]


def _initialised(initialise: bytes) -> object:
    build: Callable[[], object] = pickle.loads(initialise)  # noqa: S301 - written by our own parent
    return build()


def _serve_calls(pipe: Connection, context: object) -> None:
    while True:
        try:
            call = pickle.loads(pipe.recv_bytes())  # noqa: S301 - written by our own parent over its own pipe
        except (EOFError, OSError):
            return
        args = (context, *call.args) if call.with_context else call.args
        _send(pipe, _answer(call.function, *args))


def _answer(function: Callable[..., object], *args: object) -> Answer:
    try:
        return Answer(function(*args))
    except Exception as error:  # noqa: BLE001 - the top of the worker's loop: the caller gets it, the loop goes on
        return Answer(error=error)


def _send(pipe: Connection, answer: Answer) -> None:
    try:
        data = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # noqa: BLE001 - whatever a __reduce__ raises, the caller must hear something
        kind = type(answer.error or answer.value).__name__
        data = pickle.dumps(Answer(error=TypeError(f"{kind} does not travel between processes: {error}")))
    try:
        pipe.send_bytes(data)
    except OSError:
        sys.exit(0)  # the parent is gone or has given this call up


def _die_with(parent_pid: int) -> None:
    """Have the kernel kill this process when its parent ends, even inside a call that never returns."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:  # it ended before we could ask
        sys.exit(0)
