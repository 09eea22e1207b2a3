"""The server and its event loop: accepts no more at a time than it has places for, and logs a flood once."""

import asyncio
import errno
import logging
import socket
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import uvicorn

from stream.untrusted.addresses import read_ip, read_network
from wirewatch.server.limits import ConnectionLimits
from wirewatch.server.metrics import ServerMetrics
from wirewatch.server.places import ConnectionPlaces
from wirewatch.server.protocol import BoundedConfig
from wirewatch.server.repeats import RepeatsFilter

if TYPE_CHECKING:
    from starlette.types import ASGIApp

QUEUE = 512
"""What the kernel keeps for us: beyond it a client is heard only when it tries again, a second later."""

_ACCEPTED_AT_ONCE = 64  # by asyncio, before it looks at any of them: each holds a file until it is refused

_NO_FILES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_HEAD_BYTES = 64 * 1024
_CANCEL_S = 0.3


class BoundedServer:
    """Serves one ASGI application on one socket. `proxies` are networks whose forwarded headers are true."""

    def __init__(
        self, app: "ASGIApp", limits: ConnectionLimits, proxies: Sequence[str], metrics: ServerMetrics
    ) -> None:
        self._metrics = metrics
        self._server = _QueueingServer(
            BoundedConfig(
                app,
                ConnectionPlaces(limits, in_networks(proxies)),
                metrics,
                log_config=None,
                access_log=False,
                lifespan="off",
                ws="none",
                server_header=False,
                timeout_graceful_shutdown=2,
                backlog=_ACCEPTED_AT_ONCE,
                forwarded_allow_ips=list(proxies),
                h11_max_incomplete_event_size=_HEAD_BYTES,
            )
        )

    def run(self, listener: socket.socket) -> None:
        """Serve until told to stop; for a thread of its own."""
        repeats = RepeatsFilter()
        library = logging.getLogger("uvicorn.error")
        library.addFilter(repeats)
        try:
            asyncio.run(self._serve(listener))
        finally:
            library.removeFilter(repeats)

    def stop(self) -> None:
        """Take nothing new, answer what was asked; from any thread."""
        self._server.should_exit = True

    async def _serve(self, listener: socket.socket) -> None:
        asyncio.get_running_loop().set_exception_handler(self._on_trouble)
        await self._server.serve([listener])
        # What uvicorn gave up waiting for, and what came while it did, is ended by nobody else.
        if cancelled := list(self._server.server_state.tasks):
            await asyncio.wait(cancelled, timeout=_CANCEL_S)
        while left := list(self._server.server_state.connections):
            for connection in left:
                connection.transport.abort()
            await asyncio.sleep(0)

    def _on_trouble(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, OSError) and error.errno in _NO_FILES and "accept" in context["message"]:
            # asyncio tries again in a second; until then, up to Python 3.12, it reports this 64 times.
            self._metrics.end("no_files")
            return
        loop.default_exception_handler(context)


class _QueueingServer(uvicorn.Server):
    """One number is both to asyncio: the length of the kernel's queue, and how much is taken at once."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept, with a queue of the length that we want."""
        await super().startup(sockets)
        for listener in sockets or ():
            listener.listen(QUEUE)


def in_networks(networks: Sequence[str]) -> Callable[[str], bool]:
    """Whether an address is in one of these; what is no address is in none."""
    known = tuple(found for network in networks if (found := read_network(network)))

    @lru_cache(maxsize=1024)  # asked of every connection held, for each one that comes
    def contains(address: str) -> bool:
        here = read_ip(address)
        return here is not None and any(here in network for network in known)

    return contains
