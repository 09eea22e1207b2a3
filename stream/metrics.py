"""What the stream tells Prometheus."""

import logging
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from stream.embedded.records import LogSize
from stream.errors import StreamError
from stream.kafka.metrics import KafkaMetrics

logger = logging.getLogger(__name__)

_BUCKETS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


Lags = Callable[[], Mapping[int, int]]
"""Records not read yet, by partition; from any thread."""


class MeasuredLog(Protocol):
    """A log whose state can be read at any time."""

    def size(self) -> LogSize:
        """What it holds."""
        ...

    def lags(self) -> dict[tuple[str, int], int]:
        """Records not yet committed, by group and partition."""
        ...


class MeasuredFile(Protocol):
    """A database file whose size can be read at any time."""

    @property
    def file_bytes(self) -> int:
        """Size of the file."""
        ...

    @property
    def wal_bytes(self) -> int:
        """Size of its write-ahead log."""
        ...


class StreamMetrics:
    """Counts what happens, and reads the log's state at each scrape (`watch`) so that it is never stale."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self.readers: dict[str, Lags] = {}
        self._append_seconds = Histogram(
            "wirewatch_append_seconds",
            "Time from handing events to the log until they are durable.",
            buckets=_BUCKETS_S,
            registry=registry,
        )
        self._commit_seconds = Histogram(
            "wirewatch_commit_seconds",
            "Time of one transaction of a database's writer, with the wait for the disk.",
            ["database"],
            buckets=_BUCKETS_S,
            registry=registry,
        )
        self._unusable = Counter(
            "wirewatch_unusable_records",
            "Records read that can't be used, by reason.",
            ["reason"],
            registry=registry,
        )

    def observe_append(self, seconds: float) -> None:
        """Note how long an append took until it was durable."""
        self._append_seconds.observe(seconds)

    def observe_commit(self, database: str, seconds: float) -> None:
        """Note how long a transaction took; `database` is the name of one of our files."""
        self._commit_seconds.labels(database).observe(seconds)

    def count_unusable(self, reason: str) -> None:
        """Count a damaged or undecodable record; `reason` is that of BadEventError or of Record.damage."""
        self._unusable.labels(reason).inc()

    @cached_property
    def kafka(self) -> KafkaMetrics:
        """What is counted where the log is on Kafka; its series are there from the first use on."""
        return KafkaMetrics(self._registry)

    def watch(self, log: MeasuredLog, file: MeasuredFile) -> None:
        """Read this log and its file at each scrape."""
        self._registry.register(_LogCollector(log, file, self.readers))

    def watch_readers(self) -> None:
        """Say at each scrape how far readers are behind, in a process without a log of its own."""
        self._registry.register(_ReaderCollector(self.readers))

    def watch_reader(self, group: str, lags: Lags) -> None:
        """Say at each scrape how far a reader of another log than the watched one is behind."""
        self.readers[group] = lags


class _LogCollector(Collector):
    def __init__(self, log: MeasuredLog, file: MeasuredFile, readers: Mapping[str, Lags]) -> None:
        self._log = log
        self._file = file
        self._readers = readers

    def describe(self) -> list[Metric]:
        # Without it the registry would read the log to learn the names.
        return []

    def collect(self) -> Iterator[Metric]:
        try:
            size, lags = self._log.size(), self._lags()
            file_bytes, wal_bytes = self._file.file_bytes, self._file.wal_bytes
        except (StreamError, OSError) as error:
            # A scrape without these says more than no scrape at all.
            logger.warning("log not measured", extra={"reason": str(error)})
            yield _gauge("wirewatch_log_readable", "1 while the log can be read.", 0)
            return
        yield _gauge("wirewatch_log_readable", "1 while the log can be read.", 1)
        yield _appended(size)
        yield _lags(lags)
        yield _gauge("wirewatch_log_records", "Records the log holds.", size.rows)
        yield _gauge("wirewatch_log_bytes", "Size of the log's file.", file_bytes)
        yield _gauge("wirewatch_wal_bytes", "Size of the file's write-ahead log.", wal_bytes)
        if size.oldest_at is not None:
            yield _gauge(
                "wirewatch_log_oldest_timestamp_seconds",
                "When the oldest record was appended.",
                size.oldest_at.timestamp(),
            )

    def _lags(self) -> dict[tuple[str, int], int]:
        return {**self._log.lags(), **_lags_of(self._readers)}


class _ReaderCollector(Collector):
    def __init__(self, readers: Mapping[str, Lags]) -> None:
        self._readers = readers

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        yield _lags(_lags_of(self._readers))


def _lags_of(readers: Mapping[str, Lags]) -> dict[tuple[str, int], int]:
    return {(group, partition): lag for group, lags in readers.items() for partition, lag in lags().items()}


def _appended(size: LogSize) -> Metric:
    # Kept in the rows' own transactions: exact over crashes and restarts.
    family = CounterMetricFamily(
        "wirewatch_events_appended",
        "Events appended since the log was created, new or known already.",
        labels=["outcome"],
    )
    family.add_metric(["new"], size.appended)
    family.add_metric(["duplicate"], size.duplicates)
    return family


def _lags(lags: dict[tuple[str, int], int]) -> Metric:
    family = GaugeMetricFamily(
        "wirewatch_lag_records",
        "Records a group has not committed yet.",
        labels=["group", "partition"],
    )
    for (group, partition), lag in lags.items():
        family.add_metric([group, str(partition)], lag)
    return family


def _gauge(name: str, documentation: str, value: float) -> Metric:
    return GaugeMetricFamily(name, documentation, value=value)
