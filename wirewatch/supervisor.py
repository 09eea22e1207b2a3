"""What we tell systemd, as sd_notify(3) has it: ready, reloading, stopping, alive, and a line for people.

Datagrams to the socket that NOTIFY_SOCKET names. Own code, since the packages for it have had no release for
years and it is this small.
"""

import logging
import os
import socket
import time
from collections.abc import Mapping

logger = logging.getLogger(__name__)

_STATUS_CHARS = 300


class Supervisor:
    """Whoever started us and wants to know; says nothing where nobody asked. For one thread."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        name = environ.get("NOTIFY_SOCKET", "")
        # A name that begins with @ lies in the abstract namespace, whose first byte is NUL.
        self._address = "\0" + name[1:] if name.startswith("@") else name
        watched = environ.get("WATCHDOG_USEC", "0").isdecimal() and int(environ.get("WATCHDOG_USEC", "0")) > 0
        self._is_watched = watched and environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self._status = ""

    def ready(self) -> None:
        """Say that everything has started, or that a reload is over."""
        self._send("READY=1")

    def reloading(self) -> None:
        """Say that a reload begins; without the time `systemctl reload` would wait for ever."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def stopping(self) -> None:
        """Say that we drain."""
        self._send("STOPPING=1")

    def alive(self) -> None:
        """Feed the watchdog, where there is one."""
        if self._is_watched:
            self._send("WATCHDOG=1")

    def status(self, text: str) -> None:
        """Show a line in `systemctl status`; sent when it differs from the last."""
        line = " ".join(text.split())[:_STATUS_CHARS]
        if line != self._status:
            self._status = line
            self._send(f"STATUS={line}")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
                out.connect(self._address)
                out.send(message.encode())
        except OSError as error:
            # We work as well unheard: who misses READY=1 says so himself.
            logger.warning("supervisor not told", extra={"reason": error.strerror})
