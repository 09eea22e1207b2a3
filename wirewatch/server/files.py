"""How many files and sockets this process may have open at once."""

import logging
import resource

logger = logging.getLogger(__name__)

_WANTED = 65_536


def raise_file_limit() -> int:
    """Raise the soft limit towards the hard one, which any process may; returns what holds.

    The soft limit is 1,024 only for the sake of programs that use select(2), of which we are none
    (systemd.exec(5), LimitNOFILE).
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED if hard == resource.RLIM_INFINITY else min(_WANTED, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return _WANTED if soft == resource.RLIM_INFINITY else soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError) as error:
        logger.warning("limit of open files not raised", extra={"reason": str(error)})
        return soft
    return wanted
