"""The entry point: the command called, and every way it can end turned into an exit code."""

import logging
import os
import sys
from collections.abc import Sequence

from stream.errors import StreamError
from stream.private import keep_private
from wirewatch.cli.exits import BUG, INTERRUPTED, OK, CommandError, code_of
from wirewatch.cli.output import complain
from wirewatch.cli.session import Session

logger = logging.getLogger(__name__)


def main() -> None:
    """Run the command of this process's arguments and exit."""
    # What a filter cannot use it reports itself; the libraries under it keep their remarks to themselves.
    logging.getLogger().setLevel(logging.ERROR)
    keep_private()
    code = run(sys.argv[1:])
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; nothing but SystemExit is raised."""
    session = Session()
    try:
        code = _call(arguments, session)
        sys.stdout.flush()
    except BrokenPipeError:
        return _leave_quietly()
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the top: whatever it is, the shell must hear a code
        return _failed(error, session)
    return code


def _call(arguments: Sequence[str], session: Session) -> int:
    from typer.main import get_command

    from wirewatch.cli.app import app

    try:
        ended = get_command(app).main(
            args=list(arguments), prog_name="wirewatch", standalone_mode=False, obj=session
        )
    except SystemExit as error:
        # Typer ends the process by itself when nobody reads its output any more.
        if isinstance(error.__context__, BrokenPipeError):
            raise error.__context__ from None
        raise
    except Exception as error:
        code = _usage_code(error)
        if code is None:
            raise
        return code
    return ended if isinstance(ended, int) else OK


def _usage_code(error: Exception) -> int | None:
    """Show what was wrong with the arguments; None: that is not what it was."""
    show = getattr(error, "show", None)
    if show is None:
        return None
    show()
    return int(getattr(error, "exit_code", 2))


def _leave_quietly() -> int:
    """Nobody reads the output any more (`wirewatch … | head`): that is no error, and needs no word."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return OK


def _failed(error: Exception, session: Session) -> int:
    """Say in one line what went wrong where that is known; all else is a bug."""
    from stream.private import explained

    if isinstance(error, CommandError):
        complain(error.message)
        return error.code
    known = explained(error) if isinstance(error, OSError) else error
    if not isinstance(known, StreamError):
        return _report_bug(error, session)
    complain(str(known))
    return code_of(known)


def _report_bug(error: Exception, session: Session) -> int:
    """Log the traceback, with secrets masked, and say in one line what happened."""
    from wirewatch import logs

    logs.set_up("info", "auto", session.secrets)
    logger.error("unexpected failure", exc_info=error)
    complain("wirewatch: this is a bug; the log above says where it happened")
    return BUG
