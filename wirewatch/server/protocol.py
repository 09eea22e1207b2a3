"""uvicorn's HTTP/1.1 with what it lacks: a bound on the time to receive a request and to take its answer.

Each connection is in one phase, each phase has its bound, and the clock of a phase is set when it begins: a
byte now and then buys no time. A connection that waits for its client may lose its place to another one
(`places`).
"""

import asyncio
from enum import Enum
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from wirewatch.server.metrics import ServerMetrics
from wirewatch.server.places import ConnectionPlaces, EndReason

IS_RESERVED = "is_reserved"
"""In the scope's state: the place is one of those for health and metrics alone."""

_LINGER_S = 5.0
_TAKE_S = 1.5


def _bare(status: str, *headers: str) -> bytes:
    """Build an answer that needs no application: nobody has been asked yet."""
    lines = (f"HTTP/1.1 {status}", "connection: close", "content-length: 0", "cache-control: no-store")
    return "\r\n".join((*lines, *headers, "", "")).encode("ascii")


_TIMEOUT = _bare("408 Request Timeout")
_BUSY = _bare("503 Service Unavailable", "retry-after: 5")


class Phase(Enum):
    """What a connection is about."""

    IDLE = "idle"  # between two requests; uvicorn ends it after five seconds
    HEAD = "slow_head"
    BODY = "slow_body"
    WORKING = "working"
    SENDING = "slow_reader"
    CLOSING = "closing"


class BoundedConfig(uvicorn.Config):
    """uvicorn's configuration, with what its connections share."""

    def __init__(self, app: Any, places: ConnectionPlaces, metrics: ServerMetrics, **options: Any) -> None:
        super().__init__(app, http=BoundedProtocol, **options)
        self.places = places
        self.metrics = metrics


class BoundedProtocol(H11Protocol):
    """One connection, bounded in time and with a place that it may lose."""

    def __init__(
        self,
        config: BoundedConfig,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._places, self._metrics = config.places, config.metrics
        self._phase = Phase.HEAD
        self._cycle: object = None
        # Attributes, not properties: asked of every connection held, for each one that comes to full places.
        self.address = ""
        self.waiting_since_s: float | None = self.loop.time()
        self._timer: asyncio.TimerHandle | None = None
        self._has_sent = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Take a place, or say that there is none."""
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""  # the peer itself, whatever a header says
        admission = self._places.admit(self)
        if isinstance(admission.evicted, BoundedProtocol):
            admission.evicted.end("evicted", _BUSY)
        if admission.refused is not None:
            self.end(admission.refused, _BUSY)
            return
        if admission.is_reserved:
            self.app_state = {**self.app_state, IS_RESERVED: True}
        self._metrics.hold(len(self._places))
        self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        """Free the place."""
        self._disarm()
        self._places.leave(self)
        self._metrics.hold(len(self._places))
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, and see where that leads; what comes after the end is thrown away."""
        if self.transport.is_closing():
            return
        self._has_sent = True
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Go on to the next request."""
        self._has_sent = False
        super().on_response_complete()
        self._look()

    def pause_writing(self) -> None:
        """The client does not take what we send: not for ever."""
        super().pause_writing()
        self._look()

    def resume_writing(self) -> None:
        """It does again."""
        super().resume_writing()
        self._look()

    def timeout_keep_alive_handler(self) -> None:
        """Close what has been idle."""
        super().timeout_keep_alive_handler()
        self._look()

    def shutdown(self) -> None:
        """End it now, unless a whole request is being answered."""
        if self._phase in {Phase.HEAD, Phase.BODY}:
            self._close(_BUSY if self._has_sent else b"")
        else:
            super().shutdown()
            self.loop.call_later(_TAKE_S, self._give_up_reader)
        self._look()

    def _give_up_reader(self) -> None:
        """End an answer that nobody takes before uvicorn cancels it, which it would log as a fault."""
        if self._phase is Phase.SENDING:
            self.transport.abort()

    def end(self, reason: EndReason, answer: bytes = b"") -> None:
        """Give it up: send `answer` if nothing was answered yet, close, and free the place."""
        self._metrics.end(reason)
        self._places.leave(self)
        self._close(answer if self._has_sent or reason in {"per_client", "full"} else b"")
        self._look()

    def _close(self, answer: bytes) -> None:
        if self.transport.is_closing():
            return
        has_begun = self._phase is Phase.BODY and self.cycle.response_started
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if answer and not has_begun:
            self.transport.write(answer)
        self._unset_keepalive_if_required()
        self.transport.close()

    def _look(self) -> None:
        """Set the clock anew if the connection is in another phase, or in that of another request."""
        phase = self._phase_now()
        if phase is self._phase and self.cycle is self._cycle:
            return
        self._phase, self._cycle = phase, self.cycle
        is_waiting = phase in {Phase.IDLE, Phase.HEAD, Phase.BODY}
        self.waiting_since_s = self.loop.time() if is_waiting else None
        self._arm()

    def _phase_now(self) -> Phase:
        if self.transport.is_closing():
            return Phase.CLOSING
        if self.flow.write_paused:
            return Phase.SENDING
        if self.conn.their_state is h11.SEND_BODY:
            return Phase.BODY
        if self.cycle is not None and not self.cycle.response_complete:
            return Phase.WORKING
        return Phase.HEAD if self._has_sent or self.cycle is None else Phase.IDLE

    def _arm(self) -> None:
        self._disarm()
        limits = self._places.limits
        seconds = {
            Phase.HEAD: limits.head_s,
            Phase.BODY: limits.body_s,
            Phase.SENDING: limits.body_s,
            Phase.CLOSING: _LINGER_S,
        }.get(self._phase)
        if seconds is not None:
            self._timer = self.loop.call_later(seconds, self._on_time_up)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _on_time_up(self) -> None:
        match self._phase:
            case Phase.HEAD:
                self.end("slow_head", _TIMEOUT)
            case Phase.BODY:
                self.end("slow_body", _TIMEOUT)
            case Phase.SENDING:
                self._metrics.end("slow_reader")
                self.transport.abort()
            case _:
                self.transport.abort()
