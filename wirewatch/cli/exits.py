"""Exit codes, the stable part of the command line (a subset of sysexits.h), and errors that carry one."""

import errno

from stream.config.problem import ConfigError
from stream.errors import LogFullError, LogUnavailableError, StateError, StreamError, UnavailableError

OK = 0
FINDINGS = 1
USAGE = 2
BAD_DATA = 65
UNAVAILABLE = 69
BUG = 70
TRY_AGAIN = 75
BAD_CONFIG = 78
INTERRUPTED = 130

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
    later. Any other state that cannot be used, and a broken configuration: an operator must mend it. No
    broker answers: unavailable. All else is a bug of ours.
    """
    cause = error.__cause__
    if isinstance(error, LogFullError | UnavailableError) or (
        isinstance(cause, OSError) and cause.errno in _LATER
    ):
        return TRY_AGAIN
    if isinstance(error, LogUnavailableError):
        return UNAVAILABLE
    return BAD_CONFIG if isinstance(error, StateError | ConfigError) else BUG
