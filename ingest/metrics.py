"""What ingest tells Prometheus. Sources are a bounded label: the ids of the configuration."""

import logging
from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from ingest.health import STATUSES, Health
from ingest.progress import Progress, Tally
from stream.errors import StreamError

logger = logging.getLogger(__name__)

_BUCKETS_S = (0.005, 0.05, 0.25, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)


class IngestMetrics:
    """The metrics of sources, polls and items."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"wirewatch_{name}", text, labels, registry=registry)

        def gauge(name: str, text: str) -> Gauge:
            return Gauge(f"wirewatch_{name}", text, registry=registry)

        def histogram(name: str, text: str, *labels: str) -> Histogram:
            return Histogram(f"wirewatch_{name}", text, labels, registry=registry, buckets=_BUCKETS_S)

        self._items_in = counter("items_in", "Items that sources handed over", "source")
        self._items_settled = counter(
            "items_settled",
            "Items by the one state each ends in; a reason only for those rejected",
            *("source", "state", "reason"),
        )
        self._items_in_flight = gauge("items_in_flight", "Items taken and not yet settled")
        self._refused = counter(
            "hand_overs_refused", "Hand-overs to be tried again: full, busy, unavailable", "reason"
        )
        self._polls = counter("polls", "Polls by what they came to", "source", "outcome", "reason")
        self._poll_seconds = histogram("poll_seconds", "A poll from start to finish", "kind")
        self._polls_running = gauge("polls_running", "Polls under way")
        self._network_lost = gauge("network_lost", "1 while no source at all can be reached")
        self._jobs_lost = counter(
            "poll_jobs_lost", "Polls that did not take place when due: missed, overlap or error", "cause"
        )
        self._fetches = counter("fetches", "Fetches over HTTP by what they came to", "outcome")
        self._fetch_seconds = histogram("fetch_seconds", "A fetch with all its redirects")
        self._fetched_bytes = counter("fetched_bytes", "Bodies fetched, decompressed")
        self._workers_lost = counter(
            "workers_lost", "Extraction processes that died or ran out of time", "reason"
        )
        self._begin()

    def _begin(self) -> None:
        """Show counters from zero on: a series that begins at one shows Prometheus no rise."""
        for reason in ("full", "busy"):
            self._refused.labels(reason)
        for cause in ("missed", "overlap", "error"):
            self._jobs_lost.labels(cause)
        for reason in ("died", "timeout"):
            self._workers_lost.labels(reason)

    def add_settled(self, source: str, tally: Tally) -> None:
        """Count items that are durably settled."""
        self._items_in.labels(source).inc(tally.items_in)
        for state, items in (
            ("new", tally.new),
            ("revision", tally.revision),
            ("duplicate", tally.duplicate),
        ):
            self._items_settled.labels(source, state, "").inc(items)
        for reason, items in tally.rejected.items():
            self._items_settled.labels(source, "rejected", reason).inc(items)

    def set_in_flight(self, items: int) -> None:
        """Say how many items are under way."""
        self._items_in_flight.set(items)

    def add_refused(self, reason: str) -> None:
        """Count a hand-over that was told to come later."""
        self._refused.labels(reason).inc()

    def observe_poll(self, source: str, kind: str, outcome: str, reason: str, took_s: float) -> None:
        """Note a poll that is over."""
        self._polls.labels(source, outcome, reason).inc()
        self._poll_seconds.labels(kind).observe(took_s)

    def set_running(self, polls: int) -> None:
        """Say how many polls are under way."""
        self._polls_running.set(polls)

    def set_network_lost(self, *, is_lost: bool) -> None:
        """Say whether our own network is lost."""
        self._network_lost.set(is_lost)

    def add_lost(self, cause: str) -> None:
        """Count a poll that did not take place: `missed`, `overlap` or `error`."""
        self._jobs_lost.labels(cause).inc()

    def fetched(self, outcome: str, duration_s: float, body_bytes: int) -> None:
        """Note a fetch that ended (a `FetchObserver`)."""
        self._fetches.labels(outcome).inc()
        self._fetch_seconds.observe(duration_s)
        self._fetched_bytes.inc(body_bytes)

    def worker_lost(self, reason: str) -> None:
        """Count an extraction process that was lost: `died` or `timeout`."""
        self._workers_lost.labels(reason).inc()


class SourceCollector(Collector):
    """Where every configured source stands, read when Prometheus asks: it cannot be out of date.

    `survey` reads the store (see `ingest.health`). While that cannot be done the gauges are missing.
    """

    def __init__(self, survey: Callable[[], Mapping[str, tuple[Progress, Health]]]) -> None:
        self._survey = survey

    def describe(self) -> Iterable[Metric]:
        """Nothing, so that registering reads no database."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """The gauges, as of now."""
        try:
            sources = self._survey()
        except StreamError as error:
            logger.warning("sources not surveyed", extra={"reason": str(error)})
            return ()
        return _gauges(sources)


def _gauges(sources: Mapping[str, tuple[Progress, Health]]) -> Iterable[Metric]:
    name = "wirewatch_source"
    success = GaugeMetricFamily(
        f"{name}_last_success_timestamp_seconds", "When a source last answered", labels=["source"]
    )
    new_item = GaugeMetricFamily(
        f"{name}_last_new_item_timestamp_seconds", "When a source last had a new article", labels=["source"]
    )
    status = GaugeMetricFamily(
        f"{name}_status",
        "1 for the status a source is in, 0 for the others",
        labels=["source", "status"],
    )
    for source, (progress, health) in sources.items():
        if progress.succeeded_at is not None:
            success.add_metric([source], progress.succeeded_at.timestamp())
        if progress.new_item_at is not None:
            new_item.add_metric([source], progress.new_item_at.timestamp())
        for each in STATUSES:
            status.add_metric([source, each], float(each == health.status))
    return success, new_item, status
