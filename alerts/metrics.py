"""What the alerts half measures. Labels are bounded: rules and sinks come from the configuration."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from alerts.alert import status_of
from alerts.batch import Batch
from alerts.sinks import RefusedReason, RetryReason
from stream.errors import StreamError

logger = logging.getLogger(__name__)

_MATCH_BUCKETS_S = (0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.005, 0.02, 0.1, 1.0)
_LAG_BUCKETS_S = (1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 24 * 3600)
_SEND_BUCKETS_S = (0.005, 0.02, 0.1, 0.3, 1, 3, 10, 30)
_OUTCOMES = ("delivered", "retry", "dead")
_DEAD_REASONS = {
    "record": (
        *("checksum", "invalid_json", "invalid_event", "unsupported_version", "too_large"),
        *("matcher_failed", "matcher_killed", "router_failed", "too_much_work"),
    ),
    "delivery": (*get_args(RetryReason), *get_args(RefusedReason), "sink_gone"),
}


@dataclass(frozen=True, slots=True)
class SinkBacklog:
    """What waits for one sink; `oldest_at` is when the oldest of it was queued."""

    sink: str
    pending: int
    oldest_at: datetime | None


class AlertMetrics:
    """The counters and gauges of matching and delivering, on a registry of the caller's."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._records = Counter(
            "wirewatch_records_consumed",
            "Records read from the log, by what became of them.",
            ["result"],
            registry=registry,
        )
        self.match_seconds = Histogram(
            "wirewatch_match_seconds",
            "Time to match and route one event.",
            buckets=_MATCH_BUCKETS_S,
            registry=registry,
        )
        self._matches = Counter(
            "wirewatch_rule_matches", "Alerts raised or recorded, by rule.", ["rule"], registry=registry
        )
        self._alerts = Counter(
            "wirewatch_alerts",
            "Alerts stored, by severity and status.",
            ["severity", "status"],
            registry=registry,
        )
        self._lag = Histogram(
            "wirewatch_alert_lag_seconds",
            "From an article's publication to its live alert being stored.",
            buckets=_LAG_BUCKETS_S,
            registry=registry,
        )
        self._dead = Counter(
            "wirewatch_dead_letters",
            "Records and deliveries given up on.",
            ["kind", "reason"],
            registry=registry,
        )
        self._failures = Counter(
            "wirewatch_loop_failures",
            "Rounds of a loop that failed and were repeated.",
            ["loop"],
            registry=registry,
        )
        self._deliveries = Counter(
            "wirewatch_deliveries", "Attempts to deliver, by outcome.", ["sink", "outcome"], registry=registry
        )
        self.send_seconds = Histogram(
            "wirewatch_delivery_send_seconds",
            "Time one attempt took.",
            ["sink"],
            buckets=_SEND_BUCKETS_S,
            registry=registry,
        )
        self._uncertain = Counter(
            "wirewatch_delivery_uncertain",
            "Deliveries sent again because a crash hid whether the first try arrived.",
            ["sink"],
            registry=registry,
        )
        self._delivered_at = Gauge(
            "wirewatch_sink_last_delivery_timestamp_seconds",
            "When this process last delivered to a sink.",
            ["sink"],
            registry=registry,
        )
        self._pending = Gauge(
            "wirewatch_outbox_pending", "Deliveries not settled yet.", ["sink"], registry=registry
        )
        self._oldest = Gauge(
            "wirewatch_outbox_oldest_seconds",
            "Age of the oldest unsettled delivery.",
            ["sink"],
            registry=registry,
        )
        self._paused = Gauge(
            "wirewatch_sink_paused",
            "1 while a sink is left alone after failures.",
            ["sink"],
            registry=registry,
        )
        self._disabled = Gauge(
            "wirewatch_sink_disabled", "1 when a sink said it is gone for good.", ["sink"], registry=registry
        )
        self._reloaded = Gauge(
            "wirewatch_config_last_reload_successful", "Whether the last reload was taken.", registry=registry
        )
        self._reloaded_at = Gauge(
            "wirewatch_config_last_reload_success_timestamp_seconds",
            "When a reload was last taken.",
            registry=registry,
        )
        self._rule_tests = Gauge(
            "wirewatch_rule_tests",
            "Tests written in rules, by how they came out for the rules in force.",
            ["result"],
            registry=registry,
        )

        self._begin()

    def _begin(self) -> None:
        """Show counters from zero on: a series that begins at one shows Prometheus no rise."""
        self._failures.labels("consume")
        for kind, reasons in _DEAD_REASONS.items():
            for reason in reasons:
                self._dead.labels(kind, reason)

    def stored(self, batch: Batch, *, repeated: int) -> None:
        """Count a batch whose transaction has committed; `repeated` records were known before."""
        self._records.labels("processed").inc(len(batch.inbox))
        self._records.labels("repeated").inc(repeated)
        self._records.labels("dead_letter").inc(len(batch.dead))
        for dead in batch.dead:
            self._dead.labels("record", dead.reason).inc()
        for rule, matches in batch.matches.items():
            self._matches.labels(rule).inc(matches)
        for new in batch.alerts:
            match, status = new.alert.match, status_of(new.alert.match)
            self._alerts.labels(match.severity, status).inc()
            if status == "live" and match.event.published_at is not None:
                lag_s = (new.alert.created_at - match.event.published_at).total_seconds()
                self._lag.observe(max(0.0, lag_s))

    def failed(self, loop: str) -> None:
        """Count a round that raised; `loop` is `consume` or a sink's name."""
        self._failures.labels(loop).inc()

    def lane_begins(self, sink: str) -> None:
        """Show a sink's counters from zero on."""
        for outcome in _OUTCOMES:
            self._deliveries.labels(sink, outcome)
        self._uncertain.labels(sink)
        self._failures.labels(sink)

    def delivered(self, sink: str, outcome: str, at: datetime) -> None:
        """Count one attempt by its outcome: `delivered`, `retry` or `dead`."""
        self._deliveries.labels(sink, outcome).inc()
        if outcome == "delivered":
            self._delivered_at.labels(sink).set(at.timestamp())

    def buried(self, reason: str) -> None:
        """Count a delivery that became a dead letter."""
        self._dead.labels("delivery", reason).inc()

    def uncertain(self, sink: str, count: int) -> None:
        """Count deliveries whose lease ran out while they were being sent."""
        self._uncertain.labels(sink).inc(count)

    def backlog(self, sinks: Iterable[SinkBacklog], now: datetime) -> None:
        """Show what waits for each sink."""
        for waiting in sinks:
            age_s = (now - waiting.oldest_at).total_seconds() if waiting.oldest_at else 0.0
            self._pending.labels(waiting.sink).set(waiting.pending)
            self._oldest.labels(waiting.sink).set(max(0.0, age_s))

    def sink_state(self, sink: str, *, paused: bool, disabled: bool) -> None:
        """Show whether a sink is left alone for now, or for good."""
        self._paused.labels(sink).set(paused)
        self._disabled.labels(sink).set(disabled)

    def reloaded(self, at: datetime, *, is_successful: bool) -> None:
        """Note a reload of rules and routes; a failed one leaves the old rules running."""
        self._reloaded.set(is_successful)
        if is_successful:
            self._reloaded_at.set(at.timestamp())

    def tested(self, passed: int, failed: int) -> None:
        """Show how the tests of the rules in force came out."""
        self._rule_tests.labels("passed").set(passed)
        self._rule_tests.labels("failed").set(failed)


class RuleCollector(Collector):
    """When each rule last raised an alert, read when Prometheus asks: it outlives restarts.

    `last_matches` reads the store. While that cannot be done the gauge is missing.
    """

    def __init__(self, last_matches: Callable[[], Mapping[str, datetime]]) -> None:
        self._last_matches = last_matches

    def describe(self) -> Iterable[Metric]:
        """Nothing, so that registering reads no database."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The gauge, as of now."""
        family = GaugeMetricFamily(
            "wirewatch_rule_last_match_timestamp_seconds",
            "When a rule last raised or recorded an alert.",
            labels=["rule"],
        )
        try:
            last_matches = self._last_matches()
        except (StreamError, SQLAlchemyError) as error:
            logger.warning("rules not measured", extra={"reason": type(error).__name__})
            return
        for rule, at in last_matches.items():
            family.add_metric([rule], at.timestamp())
        yield family
