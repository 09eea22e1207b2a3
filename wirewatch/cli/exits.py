"""Exit codes, the stable part of the command line (a subset of sysexits.h), and errors that carry one."""

import errno

from stream.config.problem import ConfigError
from stream.errors import (
    BrokenDiskError,
    LogFullError,
    LogUnavailableError,
    StateError,
    StreamError,
    UnavailableError,
    UnwritableError,
)

OK = 0
FINDINGS = 1
USAGE = 2
BAD_DATA = 65
UNAVAILABLE = 69
BUG = 70
CANNOT_CREATE = 73
IO_ERROR = 74
TRY_AGAIN = 75
BAD_CONFIG = 78
INTERRUPTED = 130

_CODES = {
    LogUnavailableError: UNAVAILABLE,
    UnwritableError: CANNOT_CREATE,
    BrokenDiskError: IO_ERROR,
}
_LATER = frozenset({errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EWOULDBLOCK})


class CommandError(Exception):
    """Ends a command: `message` goes to stderr, `code` to the shell."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def code_of(error: StreamError) -> int:
    """What the shell is told of a broken promise.

    Somebody else holds the state or the address, the disk is full, or the database is away: try again
    later. A file or folder is not ours to write: it cannot be created. The device fails: an I/O error. Any
    other state that cannot be used, and a broken configuration: an operator must mend it. No broker answers:
    unavailable. All else is a bug of ours.
    """
    cause = error.__cause__
    if isinstance(error, LogFullError | UnavailableError) or (
        isinstance(cause, OSError) and cause.errno in _LATER
    ):
        return TRY_AGAIN
    for kind, code in _CODES.items():
        if isinstance(error, kind):
            return code
    return BAD_CONFIG if isinstance(error, StateError | ConfigError) else BUG
