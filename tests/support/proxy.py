"""A TCP proxy on loopback that cuts connections: the network between us and a server, made to fail."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

Verdict = Callable[[bytes], bool]


def never(_bytes: bytes) -> bool:
    return False


class Proxy:
    """Hands on what both sides say, until `cut_after` says so of what a client sent.

    Then the server still gets those bytes, and the client hears nothing more: its answer is lost.
    `sever` cuts everybody at once; while `is_down` nobody is let in.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = host, port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.cut_after: Verdict = never
        self.cuts = 0
        self.is_down = False
        self.port = 0

    def start(self) -> None:
        self._thread.start()
        self._do(self._listen())

    def sever(self) -> None:
        self._do(self._sever())

    def stop(self) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _sever(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._sever()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        self._open.add(client)
        try:
            if not self.is_down:
                await self._join(reader, client)
        except (OSError, asyncio.CancelledError):
            pass  # the server is not there, or we stop: the client sees its connection end
        finally:
            client.transport.abort()
            self._open.discard(client)

    async def _join(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        answers, server = await asyncio.open_connection(*self._target)
        self._open.add(server)
        back = asyncio.create_task(_copy(answers, client))
        try:
            while data := await reader.read(65536):
                if self.cut_after(data):
                    self.cuts += 1
                    back.cancel()  # before the server can answer
                    server.write(data)
                    await server.drain()
                    server.write_eof()  # it does what it was told, then sees that nobody is there
                    return
                server.write(data)
                await server.drain()
        finally:
            back.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await back
            server.close()
            self._open.discard(server)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.transport.abort()


@contextmanager
def proxy_to(host: str, port: int) -> Iterator[Proxy]:
    proxy = Proxy(host, port)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
