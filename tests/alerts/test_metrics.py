from collections import Counter
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, generate_latest

from alerts.batch import Batch, DeadRecord, NewAlert
from alerts.metrics import AlertMetrics, RuleCollector, SinkBacklog
from stream.errors import StateError
from tests.support.alerting import NOON, make_alert, make_event, make_record


def test_given_what_happened_when_scraped_then_it_is_counted(
    metrics: AlertMetrics, registry: CollectorRegistry
) -> None:
    metrics.stored(
        Batch(
            inbox=(("a", 1), ("b", 1)),
            alerts=(NewAlert(make_alert(), ()), NewAlert(make_alert(make_event("b", backlog=True)), ())),
            dead=(DeadRecord("checksum", "", make_record(b"")),),
            matches=Counter({"pact": 2}),
        ),
        repeated=3,
    )
    metrics.backlog(
        [SinkBacklog("hook", 4, NOON - timedelta(seconds=30)), SinkBacklog("desk", 0, None)], NOON
    )
    metrics.reloaded(NOON, is_successful=True)
    metrics.reloaded(NOON + timedelta(hours=1), is_successful=False)

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(name, labels)

    assert value("wirewatch_records_consumed_total", result="processed") == 2
    assert value("wirewatch_records_consumed_total", result="repeated") == 3
    assert value("wirewatch_records_consumed_total", result="dead_letter") == 1
    assert value("wirewatch_dead_letters_total", kind="record", reason="checksum") == 1
    assert value("wirewatch_rule_matches_total", rule="pact") == 2
    assert value("wirewatch_alerts_total", severity="high", status="live") == 1
    assert value("wirewatch_alerts_total", severity="high", status="backlog") == 1
    assert value("wirewatch_alert_lag_seconds_sum") == 180
    assert value("wirewatch_outbox_pending", sink="hook") == 4
    assert value("wirewatch_outbox_oldest_seconds", sink="hook") == 30
    assert value("wirewatch_outbox_oldest_seconds", sink="desk") == 0
    assert value("wirewatch_config_last_reload_successful") == 0
    assert value("wirewatch_config_last_reload_success_timestamp_seconds") == NOON.timestamp()


def test_given_a_hostile_article_when_scraped_then_no_label_holds_any_of_it(
    metrics: AlertMetrics, registry: CollectorRegistry
) -> None:
    event = make_event("canary", title="canary", url="https://example.org/canary", publisher="canary")

    metrics.stored(Batch(alerts=(NewAlert(make_alert(event), ()),), matches=Counter({"pact": 1})), repeated=0)

    assert b"canary" not in generate_latest(registry)
    assert event.event_id.encode() not in generate_latest(registry)


def test_given_nothing_has_happened_when_scraped_then_what_is_watched_for_a_rise_shows_zero(
    metrics: AlertMetrics, registry: CollectorRegistry
) -> None:
    metrics.lane_begins("hook")

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(name, labels)

    assert value("wirewatch_dead_letters_total", kind="record", reason="matcher_failed") == 0
    assert value("wirewatch_dead_letters_total", kind="delivery", reason="rejected") == 0
    assert value("wirewatch_loop_failures_total", loop="consume") == 0
    assert value("wirewatch_deliveries_total", sink="hook", outcome="dead") == 0


def test_given_deliveries_when_one_fails_after_another_then_the_last_good_one_keeps_its_time(
    metrics: AlertMetrics, registry: CollectorRegistry
) -> None:
    metrics.delivered("hook", "delivered", NOON)
    metrics.delivered("hook", "retry", NOON + timedelta(hours=1))

    last = registry.get_sample_value("wirewatch_sink_last_delivery_timestamp_seconds", {"sink": "hook"})
    assert last == NOON.timestamp()


def test_given_a_store_that_cannot_be_read_when_rules_are_scraped_then_the_gauge_is_missing(
    registry: CollectorRegistry,
) -> None:
    found = {"pact": NOON}

    def last_matches() -> dict[str, datetime]:
        if not found:
            raise StateError("gone")
        return found

    registry.register(RuleCollector(last_matches))
    name = "wirewatch_rule_last_match_timestamp_seconds"
    before = registry.get_sample_value(name, {"rule": "pact"})
    found.clear()

    assert before == NOON.timestamp()
    assert registry.get_sample_value(name, {"rule": "pact"}) is None
