"""What the process itself tells Prometheus: whether it is ready, and how much room its state has."""

import logging
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from wirewatch.readiness import Readiness

logger = logging.getLogger(__name__)


class ConditionCollector(Collector):
    """Asked anew at each scrape, so that it cannot be out of date."""

    def __init__(self, readiness: Readiness, state_dir: Path) -> None:
        self._readiness = readiness
        self._state_dir = state_dir

    def describe(self) -> Iterable[Metric]:
        """Nothing, so that registering asks nobody."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The gauges, as of now; those of the disk are missing while it cannot be asked."""
        ready = GaugeMetricFamily(
            "wirewatch_ready", "1 for a check of /readyz that says yes, else 0.", labels=["check"]
        )
        for check, verdict in self._readiness.verdicts().items():
            ready.add_metric([check], float(verdict.is_ready))
        yield ready
        try:
            usage = shutil.disk_usage(self._state_dir)
        except OSError as error:
            logger.warning("disk not measured", extra={"reason": str(error)})
            return
        yield GaugeMetricFamily(
            "wirewatch_state_free_bytes", "Room left where the state lies.", value=usage.free
        )
        yield GaugeMetricFamily(
            "wirewatch_state_total_bytes", "Size of the disk the state lies on.", value=usage.total
        )
