from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest

from wirewatch.condition import ConditionCollector
from wirewatch.readiness import Readiness, Verdict
from wirewatch.wiring.metrics import new_metrics


def test_given_checks_when_scraped_then_each_shows_what_it_says_now(tmp_path: Path) -> None:
    registry, readiness = CollectorRegistry(), Readiness()
    readiness.add("rules", lambda: Verdict(is_ready=True, detail="1 rule"))
    readiness.add("log", lambda: Verdict(is_ready=False, detail="no room on the disk"))
    registry.register(ConditionCollector(readiness, tmp_path))

    before = registry.get_sample_value("wirewatch_ready", {"check": "draining"})
    readiness.drain()

    assert registry.get_sample_value("wirewatch_ready", {"check": "rules"}) == 1
    assert registry.get_sample_value("wirewatch_ready", {"check": "log"}) == 0
    assert before is None
    assert registry.get_sample_value("wirewatch_ready", {"check": "draining"}) == 0
    free = registry.get_sample_value("wirewatch_state_free_bytes")
    total = registry.get_sample_value("wirewatch_state_total_bytes")
    assert free is not None
    assert total is not None
    assert 0 < free <= total


def test_given_a_state_directory_that_is_gone_when_scraped_then_the_rest_is_still_told(
    tmp_path: Path,
) -> None:
    registry, readiness = CollectorRegistry(), Readiness()
    readiness.add("rules", lambda: Verdict(is_ready=True, detail="1 rule"))
    registry.register(ConditionCollector(readiness, tmp_path / "gone"))

    assert registry.get_sample_value("wirewatch_ready", {"check": "rules"}) == 1
    assert registry.get_sample_value("wirewatch_state_free_bytes") is None


def test_given_all_metrics_when_scraped_then_none_says_only_when_it_began() -> None:
    text = generate_latest(new_metrics().registry).decode()

    assert "wirewatch_dead_letters_total" in text
    assert "_created" not in text
