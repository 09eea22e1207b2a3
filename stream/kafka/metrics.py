"""What the log on Kafka tells Prometheus."""

import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class KafkaMetrics:
    """Counts what happens on the way to Kafka and back."""

    def __init__(
        self,
        registry: CollectorRegistry,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._monotonic = monotonic
        self._began_at: float | None = None
        self._lost = Counter(
            "wirewatch_position_lost",
            "How often the log no longer had what stood at our position, by partition and reason.",
            ["reason"],
            registry=registry,
        )
        self._unavailable = Counter(
            "wirewatch_log_unavailable",
            "Tries that failed because Kafka could not be reached, by who tried.",
            ["by"],
            registry=registry,
        )
        self._forwarded = Counter(
            "wirewatch_events_forwarded",
            "Events published from the local log to Kafka, whole or only as a dead letter.",
            ["outcome"],
            registry=registry,
        )
        self._publish_seconds = Histogram(
            "wirewatch_publish_seconds",
            "Time from handing a batch of the local log to Kafka until every in-sync replica has it.",
            buckets=_BUCKETS_S,
            registry=registry,
        )
        for outcome in ("whole", "damaged"):
            self._forwarded.labels(outcome)
        for who in ("consumer", "forwarder"):
            self._unavailable.labels(who)
        for reason in ("retention", "replaced", "truncated"):
            self._lost.labels(reason)
        oldest = Gauge(
            "wirewatch_producer_oldest_unacked_seconds",
            "How long the oldest message that Kafka has not acknowledged has waited; 0: none waits.",
            registry=registry,
        )
        oldest.set_function(self._oldest_unacked_s)

    def observe_publish(self, seconds: float) -> None:
        """Note how long a batch took until Kafka had all of it."""
        self._publish_seconds.observe(seconds)

    def began_publishing(self, at: float) -> None:
        """A batch waits for its acknowledgement since `at` (monotonic), or for that of the tries before."""
        if self._began_at is None:
            self._began_at = at

    def ended_publishing(self, *, is_acknowledged: bool) -> None:
        """It was acknowledged; or it was not, and goes on waiting."""
        if is_acknowledged:
            self._began_at = None

    def count_lost(self, reason: str, partitions: int) -> None:
        """Count partitions whose position the log no longer has."""
        self._lost.labels(reason).inc(partitions)

    def count_unavailable(self, who: str) -> None:
        """Count a try of the `consumer` or the `forwarder` that failed."""
        self._unavailable.labels(who).inc()

    def count_forwarded(self, whole: int, damaged: int) -> None:
        """Count events that Kafka has acknowledged."""
        self._forwarded.labels("whole").inc(whole)
        self._forwarded.labels("damaged").inc(damaged)

    def _oldest_unacked_s(self) -> float:
        began_at = self._began_at
        return 0.0 if began_at is None else self._monotonic() - began_at
