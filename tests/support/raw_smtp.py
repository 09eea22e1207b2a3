"""A receiver of mail on a plain socket that keeps the bytes as they came and understands none of them."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class RawMail:
    """What one connection said before its text, and the text with the dots of the transfer taken out."""

    commands: list[bytes]
    data: bytes

    @property
    def header_names(self) -> list[str]:
        """The name of every header line that is no continuation, in order, found in the bytes by hand."""
        head = self.data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").partition(b"\n\n")[0]
        lines = [line for line in head.split(b"\n") if not line.startswith((b" ", b"\t"))]
        return [line.partition(b":")[0].decode("latin-1") for line in lines]

    def header(self, name: str) -> str:
        """The value of the first header of a name, unfolded and not decoded."""
        head = self.data.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ")
        for line in head.split(b"\r\n"):
            found, _, value = line.partition(b": ")
            if found.decode("latin-1").lower() == name.lower():
                return value.decode("latin-1")
        raise KeyError(name)


@dataclass
class RawReceiver:
    """Every mail that came; `port` is where."""

    port: int
    mails: list[RawMail] = field(default_factory=list)


@contextmanager
def receiving() -> Iterator[RawReceiver]:
    """Receive on a free port of loopback until the block ends."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        receiver = RawReceiver(listener.getsockname()[1])
        accepting = threading.Thread(target=_accept, args=(listener, receiver), daemon=True)
        accepting.start()
        yield receiver
        listener.shutdown(socket.SHUT_RDWR)
        accepting.join(timeout=20)


def _accept(listener: socket.socket, receiver: RawReceiver) -> None:
    with suppress(OSError):  # it was shut down
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_serve, args=(connection, receiver), daemon=True).start()


def _serve(connection: socket.socket, receiver: RawReceiver) -> None:
    with connection, connection.makefile("rb") as lines, suppress(OSError):
        connection.sendall(b"220 raw.test\r\n")
        commands: list[bytes] = []
        for line in lines:
            word = line[:4].upper()
            commands.append(line)
            if word == b"DATA":
                connection.sendall(b"354 go on\r\n")
                receiver.mails.append(RawMail(commands, _text(lines)))
            connection.sendall(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                return


def _text(lines: Iterator[bytes]) -> bytes:
    data = b""
    for line in lines:
        if line == b".\r\n":
            break
        data += line.removeprefix(b".")
    return data
