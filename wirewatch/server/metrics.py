"""What the HTTP server counts, and the log line that goes with it."""

import logging
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Gauge

from wirewatch.server.places import EndReason
from wirewatch.server.repeats import Repeats

logger = logging.getLogger(__name__)


class ServerMetrics:
    """Connections of the HTTP server, on a registry of the caller's."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._open = Gauge(
            "wirewatch_http_connections", "Connections that the HTTP server holds.", registry=registry
        )
        self._ended = Counter(
            "wirewatch_http_connections_ended",
            "Connections that the HTTP server refused or gave up, by reason.",
            ["reason"],
            registry=registry,
        )
        for reason in get_args(EndReason):
            self._ended.labels(reason)
        self._repeats = Repeats()

    def hold(self, count: int) -> None:
        """So many connections are open now."""
        self._open.set(count)

    def end(self, reason: EndReason) -> None:
        """Count one, and log it unless the last minute's line stands for it."""
        self._ended.labels(reason).inc()
        if count := self._repeats.note(reason):
            logger.warning("connections ended", extra={"reason": reason, "count": count})
