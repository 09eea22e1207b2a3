"""Real servers on loopback: web servers, a canary that counts who connects, names that resolve as told."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(handler: Handler, host: str = "127.0.0.1") -> AsyncIterator[str]:
    """Serve every path by `handler` on a free port; yields `http://host:port`."""
    server = web.Server(handler)
    runner = web.ServerRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, host, 0)
    await site.start()
    try:
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def answering(raw: bytes) -> AsyncIterator[str]:
    """Answer every connection with these bytes, whatever it asks, and hang up."""

    tasks: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if task := asyncio.current_task():
            tasks.add(task)
        with suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(raw)
            await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await asyncio.gather(*tasks)


@dataclass
class Canary:
    """Listens on both loopbacks on one port and never accepts by itself."""

    port: int
    listeners: list[socket.socket]

    def connections(self) -> int:
        """How many connections were made since the last call."""
        return sum(_accepted(listener) for listener in self.listeners)


@contextmanager
def canary() -> Iterator[Canary]:
    """A canary on a free port of 127.0.0.1 and, where there is one, of ::1."""
    v4 = socket.create_server(("127.0.0.1", 0), backlog=100)
    port = v4.getsockname()[1]
    listeners = [v4]
    with suppress(OSError):  # a machine without IPv6
        listeners.append(socket.create_server(("::1", port), family=socket.AF_INET6, backlog=100))
    for listener in listeners:
        listener.setblocking(False)
    try:
        yield Canary(port, listeners)
    finally:
        for listener in listeners:
            listener.close()


def _accepted(listener: socket.socket) -> int:
    count = 0
    while True:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            return count
        connection.close()
        count += 1


@dataclass
class Names(AbstractResolver):
    """Resolves names from a table; each look-up of a name takes its next answer, the last one stays."""

    answers: dict[str, list[Sequence[str]]]
    asked: list[str] = field(default_factory=list)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        answers = self.answers.get(host)
        if not answers:
            raise OSError(None, "no such name")
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            {"hostname": host, "host": address, "port": port, "family": family, "proto": 0, "flags": 0}
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing to close."""
