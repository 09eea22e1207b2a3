"""The HTTP server, in a thread of its own: health and metrics in every process, pages and push by role."""

import contextlib
import logging
import socket
import threading

from stream.errors import StateError
from wirewatch.server.server import QUEUE, BoundedServer

logger = logging.getLogger(__name__)

_END_S = 3.0


class WebRole:
    """Serves one ASGI application. `address` is known once it has started: port 0 takes a free one."""

    name = "web"

    def __init__(self, server: BoundedServer, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._server = server
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        """The URL of the pages."""
        host, port = (self._socket.getsockname()[:2]) if self._socket else (self._host, self._port)
        return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"

    def start(self) -> None:
        """Listen; raises StateError when the address is taken."""
        self._socket = _listen(self._host, self._port)
        self._thread = threading.Thread(
            target=self._server.run, args=(self._socket,), name="web", daemon=True
        )
        self._thread.start()
        logger.info("listening", extra={"url": self.address})

    def stop(self) -> None:
        """Answer what was asked, take nothing new."""
        self._server.stop()
        if self._thread is not None:
            self._thread.join(_END_S)
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends at once (TCP_NODELAY) only where the protocol is named; else the second part of each
    # answer on a kept connection waits for the client's delayed acknowledgement: 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(QUEUE)
    except OSError as error:
        listener.close()
        raise StateError(
            f"cannot listen on {host}:{port}: {error.strerror}; set WIREWATCH_WEB__PORT to a free port"
        ) from error
    return listener
