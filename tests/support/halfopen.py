"""Clients that begin a request and never end it."""

import contextlib
import errno
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

NOTHING = b""
HEAD = b"GET /alerts HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: "
BODY = (
    b"POST /v1/articles HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
    b"content-length: 1000\r\n\r\n["
)
UNREAD = b"POST /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100000\r\n\r\n"
KINDS = (NOTHING, HEAD, BODY, UNREAD)


class HalfOpen:
    """Holds `count` connections with a request begun; what the server closed is opened anew by `drip`."""

    def __init__(self, url: str, count: int, kinds: Sequence[bytes] = KINDS) -> None:
        parts = urlsplit(url)
        self._place = (parts.hostname or "", parts.port or 0)
        self.begun = [(kinds[number % len(kinds)]) for number in range(count)]
        self._sockets: list[socket.socket | None] = [None] * count
        self.reopened = -count

    def drip(self, part: int = 0, parts: int = 1) -> None:
        """Send the next byte on each, or on one part of them; those that the server closed begin again."""
        for number in range(part, len(self.begun), parts):
            begun = self.begun[number]
            current = self._sockets[number]
            if current is None or not _send(current, b"x" if begun else b""):
                if current is not None:
                    current.close()
                self._sockets[number] = self._open(begun)

    @property
    def held(self) -> int:
        """How many the server holds still."""
        return sum(one is not None and not _is_closed(one) for one in self._sockets)

    def close(self) -> None:
        """Hang up."""
        for one in self._sockets:
            if one is not None:
                one.close()

    def _open(self, begun: bytes) -> socket.socket | None:
        self.reopened += 1
        try:
            opened = socket.create_connection(self._place, timeout=5)
        except OSError:
            return None
        opened.setblocking(False)
        _send(opened, begun)
        return opened


@contextmanager
def half_open(url: str, count: int, kinds: Sequence[bytes] = KINDS) -> Iterator[HalfOpen]:
    """Open them, and hang up at the end of the block."""
    clients = HalfOpen(url, count, kinds)
    clients.drip()
    try:
        yield clients
    finally:
        clients.close()


def _send(to: socket.socket, data: bytes) -> bool:
    """Whether the other side is still there."""
    if _is_closed(to):
        return False
    with contextlib.suppress(BlockingIOError):
        try:
            to.send(data)
        except OSError:
            return False
    return True


def _is_closed(one: socket.socket) -> bool:
    try:
        return one.recv(1, socket.MSG_PEEK) == b"" or one.recv(65_536) == b""
    except BlockingIOError:
        return False
    except OSError as error:
        return error.errno != errno.EAGAIN
