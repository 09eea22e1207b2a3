"""What commands say of sources, sinks and deliveries that are in trouble."""

import socket
from pathlib import Path

import pytest

from alerts.batch import Batch, Routed, new_alerts
from alerts.schedule import Settlement
from alerts.store.ledger import Ledger
from ingest.progress import failed
from tests.support.alerting import NOON, make_match
from tests.wirewatch.cli.conftest import Call
from wirewatch.settings import Settings
from wirewatch.wiring.state import open_state


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def write(settings: Settings, name: str, text: str) -> None:
    (settings.config_dir / name).write_text(text, encoding="utf-8")


@pytest.fixture
def settings(tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Where the commands of a test look: ./config and ./var."""
    monkeypatch.chdir(tmp_path)
    return Settings(config_dir=config, state_dir=tmp_path / "var")


def test_given_a_failing_source_when_health_is_asked_for_then_it_exits_1_and_with_ok_0(
    call: Call, settings: Settings
) -> None:
    write(settings, "sources.yaml", 'sources: [{id: far, kind: feed, url: "http://feeds.example.org/a"}]\n')
    state = open_state(settings)
    state.ingest.store.advance(
        "far", lambda one: failed(one, now=NOON, reason="dns", detail="no such host", due_at=NOON)
    ).result(10)
    state.close()

    found, shown = call("sources", "health"), call("sources", "health", "--ok")

    assert (found.code, shown.code) == (1, 0)
    assert "1 of 1 sources are not heard" in found.err
    assert "no such host" in found.text


def test_given_a_dead_delivery_when_listed_then_sink_rule_and_alert_are_named(
    call: Call, settings: Settings
) -> None:
    state = open_state(settings)
    alerts, matches = new_alerts([Routed(make_match(), ("desk",))], (), NOON)
    Ledger(state.alerts.database, "alerts", "articles").commit(
        Batch(alerts=alerts, matches=matches), {}, {}, NOON
    )
    claims = state.alerts.outbox.claim("desk", 1, NOON)
    dead = Settlement("dead", "connection", "connection refused by 10.1.2.3:25")
    state.alerts.outbox.settle([(claim, dead) for claim in claims], NOON)
    state.close()

    (row,) = call("dead-letters", "list", "-o", "json").rows

    assert row["about"] == f"desk: pact, alert {alerts[0].alert.alert_id}"
    assert (row["sink"], row["rule"]) == ("desk", "pact")
    assert row["detail"] == "connection refused by 10.1.2.3:25"


def test_given_a_sink_and_a_feed_that_nobody_serves_when_looked_at_deeply_then_both_are_said(
    call: Call, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    write(
        settings,
        "routes.yaml",
        f'sinks:\n  hook: {{kind: webhook, url: "http://127.0.0.1:{port}/"}}\n'
        "  here: {kind: console}\ndefault: [hook, here]\n",
    )
    write(settings, "sources.yaml", f'sources: [{{id: far, kind: feed, url: "http://127.0.0.1:{port}/a"}}]\n')
    monkeypatch.setenv("WIREWATCH_NET__ALLOW", '["127.0.0.0/8"]')

    deep = call("doctor", "--deep", "-o", "json")

    told = {row["check"]: row for row in deep.rows if row["check"].startswith(("sink ", "sources"))}
    assert told["sink hook"]["status"] == told["sources"]["status"] == "bad"
    assert f"connection refused by 127.0.0.1:{port}" in told["sink hook"]["detail"]
    assert f"connection refused by 127.0.0.1:{port}" in told["sources"]["detail"]
    assert deep.code == 1
