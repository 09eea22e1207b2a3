from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest

from stream.db import Database
from stream.metrics import StreamMetrics
from stream.sqlite_log import SqliteLog
from tests.stream.articles import BEGINNING, article


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(name, labels)


def test_given_a_watched_log_when_scraped_then_it_shows_what_the_log_holds_now(tmp_path: Path) -> None:
    registry = CollectorRegistry()
    metrics = StreamMetrics(registry)
    with Database(tmp_path / "log.db", SqliteLog.MIGRATIONS) as database:
        log = SqliteLog(database, clock=lambda: BEGINNING, metrics=metrics)
        metrics.watch(log, database)
        log.consumer("alerts")

        log.producer().append([article("oslo"), article("bergen"), article("oslo")])

        assert value(registry, "wirewatch_events_appended_total", outcome="new") == 2
        assert value(registry, "wirewatch_events_appended_total", outcome="duplicate") == 1
        assert value(registry, "wirewatch_lag_records", group="alerts", partition="0") == 2
        assert value(registry, "wirewatch_log_records") == 2
        assert value(registry, "wirewatch_log_bytes") == database.file_bytes
        assert value(registry, "wirewatch_wal_bytes") == database.wal_bytes
        assert value(registry, "wirewatch_log_oldest_timestamp_seconds") == BEGINNING.timestamp()
        assert value(registry, "wirewatch_log_readable") == 1


def test_given_a_log_that_cannot_be_read_when_scraped_then_the_scrape_says_so_and_does_not_fail(
    tmp_path: Path,
) -> None:
    registry = CollectorRegistry()
    metrics = StreamMetrics(registry)
    database = Database(tmp_path / "log.db", SqliteLog.MIGRATIONS)
    metrics.watch(SqliteLog(database), database)
    database.close()

    text = generate_latest(registry).decode()

    assert "wirewatch_log_readable 0.0" in text
    assert "wirewatch_log_records" not in text


def test_given_a_damaged_record_when_polled_then_it_is_counted_by_reason(tmp_path: Path) -> None:
    registry = CollectorRegistry()
    metrics = StreamMetrics(registry)
    with Database(tmp_path / "log.db", SqliteLog.MIGRATIONS) as database:
        log = SqliteLog(database, metrics=metrics)
        log.producer().append([article("oslo")])
        database.write(lambda connection: connection.execute("UPDATE log_records SET checksum = 1").rowcount)

        log.consumer("alerts").poll(10, timeout_s=0)

    assert value(registry, "wirewatch_unusable_records_total", reason="checksum") == 1


def test_given_a_database_that_is_observed_when_written_then_its_commits_are_timed(tmp_path: Path) -> None:
    registry = CollectorRegistry()
    metrics = StreamMetrics(registry)

    def observe(seconds: float) -> None:
        metrics.observe_commit("ingest", seconds)

    with Database(tmp_path / "log.db", SqliteLog.MIGRATIONS, observe_commit=observe) as database:
        database.write(lambda connection: connection.execute("SELECT 1").fetchone())

    assert value(registry, "wirewatch_commit_seconds_count", database="ingest") == 1
