"""Exit codes, the stable part of the command line (a subset of sysexits.h), and an error that carries one."""

OK = 0
FINDINGS = 1
USAGE = 2
BAD_DATA = 65
UNAVAILABLE = 69
BUG = 70
TRY_AGAIN = 75
BAD_CONFIG = 78


class CommandError(Exception):
    """Ends a command: `message` goes to stderr, `code` to the shell."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
