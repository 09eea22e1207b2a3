from collections.abc import Mapping
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from ingest.health import Health, health
from ingest.metrics import IngestMetrics, SourceCollector
from ingest.progress import Progress, Tally
from stream.errors import StateError
from tests.ingest.world import START


def test_given_settled_items_when_counted_then_the_states_sum_up_to_what_came_in() -> None:
    registry = CollectorRegistry()
    metrics = IngestMetrics(registry)

    metrics.add_settled("wire", Tally(new=2, revision=1, duplicate=3, rejected={"empty": 4}))

    samples = [
        s
        for family in registry.collect()
        for s in family.samples
        if s.name == "wirewatch_items_settled_total"
    ]
    assert sum(sample.value for sample in samples) == 10
    assert registry.get_sample_value("wirewatch_items_in_total", {"source": "wire"}) == 10


def test_given_fetches_and_lost_workers_when_told_then_they_are_counted_by_what_they_came_to() -> None:
    registry = CollectorRegistry()
    metrics = IngestMetrics(registry)

    metrics.fetched("ok", 0.2, 1_000)
    metrics.fetched("timeout", 30.0, 0)
    metrics.worker_lost("died")

    assert registry.get_sample_value("wirewatch_fetches_total", {"outcome": "timeout"}) == 1
    assert registry.get_sample_value("wirewatch_fetch_seconds_count") == 2
    assert registry.get_sample_value("wirewatch_fetched_bytes_total") == 1_000
    assert registry.get_sample_value("wirewatch_workers_lost_total", {"reason": "died"}) == 1


def test_given_where_sources_stand_when_scraped_then_each_has_its_times_and_one_status() -> None:
    registry = CollectorRegistry()
    sources: dict[str, tuple[Progress, Health]] = {}
    registry.register(SourceCollector(lambda: sources))
    progress = Progress(
        source="wire", polled_at=START, succeeded_at=START, new_item_at=START - timedelta(hours=1)
    )
    sources["wire"] = (progress, health(progress, START))
    sources["idle"] = (Progress(source="idle"), health(None, START))

    text = generate_latest(registry).decode()

    assert (
        f'wirewatch_source_last_success_timestamp_seconds{{source="wire"}} {START.timestamp():.9e}'[:60]
        in text
    )
    assert 'wirewatch_source_status{source="wire",status="ok"} 1.0' in text
    assert 'wirewatch_source_status{source="wire",status="failing"} 0.0' in text
    assert 'wirewatch_source_status{source="idle",status="new"} 1.0' in text
    assert 'last_success_timestamp_seconds{source="idle"}' not in text


def test_given_a_state_that_cannot_be_read_when_scraped_then_the_other_metrics_still_come(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken() -> Mapping[str, tuple[Progress, Health]]:
        raise StateError("locked")

    registry = CollectorRegistry()
    registry.register(SourceCollector(broken))
    IngestMetrics(registry).set_in_flight(3)

    text = generate_latest(registry).decode()

    assert "wirewatch_items_in_flight 3.0" in text
    assert "wirewatch_source_status" not in text
    assert "sources not surveyed" in caplog.text
