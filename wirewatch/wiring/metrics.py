"""Wiring: one registry, and what each package counts on it."""

from dataclasses import dataclass
from importlib.metadata import version

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    Info,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)

from alerts.metrics import AlertMetrics
from ingest.metrics import IngestMetrics
from stream.metrics import StreamMetrics
from wirewatch.server.metrics import ServerMetrics


@dataclass(frozen=True, slots=True)
class Metrics:
    """One registry, and what each package counts on it."""

    registry: CollectorRegistry
    stream: StreamMetrics
    ingest: IngestMetrics
    alerts: AlertMetrics
    server: ServerMetrics


def new_metrics() -> Metrics:
    """Make a registry with everything on it, the process included."""
    # When each series began: as many series again, for which nobody asks.
    disable_created_metrics()  # type: ignore[no-untyped-call]  # the package has no annotation there
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    Info("wirewatch_build", "Which version runs.", registry=registry).info({"version": program_version()})
    return Metrics(
        registry,
        StreamMetrics(registry),
        IngestMetrics(registry),
        AlertMetrics(registry),
        ServerMetrics(registry),
    )


def program_version() -> str:
    """The version of the installed distribution."""
    return version("wirewatch")
