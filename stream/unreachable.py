"""Failures of the network in words, for people: what happened and with whom, never a class name."""

import errno
import re
import socket
import ssl
from collections.abc import Iterator

_BY_NUMBER = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset",
    errno.ECONNABORTED: "connection broken",
    errno.EPIPE: "connection broken",
    errno.EHOSTUNREACH: "no route to the host",
    errno.EHOSTDOWN: "the host is down",
    errno.ENETUNREACH: "network unreachable",
    errno.ENETDOWN: "network is down",
    errno.ETIMEDOUT: "no answer in time",
    errno.EADDRNOTAVAIL: "no address of ours to connect from",
    errno.EMFILE: "too many open files",
}
_NUMBER = re.compile(r"\[Errno (\d+)\]")


def in_words(error: BaseException, place: str = "") -> str:
    """Say what went wrong, and `place` (host:port) where it is known: `connection refused by 10.1.2.3:25`.

    Only what the system says is repeated, no message of a library: those may hold a URL with a secret.
    """
    return next(filter(None, (_said(each, place) for each in _chain(error))), "") or _by_class(error, place)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and its causes, as far as ten deep."""
    each: BaseException | None = error
    for _ in range(10):
        if each is None:
            return
        yield each
        inner = getattr(each, "certificate_error", None) or getattr(each, "os_error", None)
        each = inner if isinstance(inner, BaseException) and inner is not each else each.__cause__


def _said(error: BaseException, place: str) -> str:
    at = f" at {place}" if place else ""
    # aiohttp's errors are of these classes too, without what they say: that is in their cause.
    if isinstance(error, ssl.SSLCertVerificationError):
        said = getattr(error, "verify_message", "")
        return f"the certificate{at} is not trusted: {said}" if said else ""
    if isinstance(error, ssl.SSLError):
        said = str(getattr(error, "reason", None) or "").replace("_", " ").lower()
        return f"TLS failed{at}: {said}" if said else ""
    if isinstance(error, socket.gaierror):
        return f"no such host: {place}" if place else "no such host"
    if not isinstance(error, OSError):
        return ""
    found = _NUMBER.search(str(error))
    number = error.errno if error.errno is not None else int(found[1]) if found else None
    known = _BY_NUMBER.get(number or 0)
    if known is None:
        return ""
    return f"{known} by {place}" if place and known.startswith("connection") else f"{known}{at}"


def _by_class(error: BaseException, place: str) -> str:
    """What is left: `ServerDisconnectedError` is "server disconnected"."""
    at = f" at {place}" if place else ""
    if isinstance(error, TimeoutError):
        return f"no answer in time{at}"
    name = type(error).__name__.removesuffix("Error").removesuffix("Exception")
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name).lower() or "error"
    return f"{words}{at}"
