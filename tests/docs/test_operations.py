"""What operations.md lists is what the code has: metrics, settings, exit codes, the backup."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
import pytest
from prometheus_client.registry import Collector
from pydantic import BaseModel, SecretStr

from alerts.metrics import RuleCollector
from alerts.schedule import EMAIL, LOCAL, WEBHOOK
from ingest.coverage import coverage
from ingest.health import survey
from ingest.metrics import SourceCollector
from ingest.progress import Progress
from stream.event import ArticleEvent, content_hash, identity
from tests.docs.blocks import GUIDE, OPERATIONS, Block, blocks, calls, table
from tests.docs.config_of_blocks import mapping_of, new_config
from wirewatch.cli import exits
from wirewatch.cli.entry import run
from wirewatch.condition import ConditionCollector
from wirewatch.configuration import load_sources
from wirewatch.hearing import CoverageCollector
from wirewatch.layers import load_settings
from wirewatch.readiness import Readiness, Verdict
from wirewatch.settings import Settings
from wirewatch.wiring.log import GROUP
from wirewatch.wiring.metrics import new_metrics
from wirewatch.wiring.state import State, open_state

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """A state with one event on its log, and a group that is to read it."""
    opened = open_state(Settings(state_dir=tmp_path / "var"))
    event = ArticleEvent(
        event_id=identity("one"),
        source="wire",
        title="One",
        text="Two.",
        first_seen_at=NOW,
        content_hash=content_hash("One", "Two."),
        language="en",
    )
    opened.ingest.log.producer().append([event])
    consumer = opened.ingest.log.consumer(GROUP)
    consumer.poll(1, 1.0)
    yield opened
    consumer.close()
    opened.close()


def exposed(state: State, sources: Path) -> dict[str, tuple[str, str]]:
    """Every metric of ours as a scrape names it: its type and labels."""
    metrics = new_metrics()
    metrics.stream.watch(state.ingest.log, state.ingest.database)
    configured = load_sources(sources).value
    assert configured is not None
    progress = {
        one.id: Progress(source=one.id, succeeded_at=NOW, new_item_at=NOW) for one in configured.sources
    }
    metrics.registry.register(SourceCollector(lambda: survey(configured.sources, progress, NOW)))
    metrics.registry.register(
        CoverageCollector(
            lambda: coverage(configured.sources, survey(configured.sources, progress, NOW), NOW)
        )
    )
    metrics.registry.register(RuleCollector(lambda: {"pact": NOW}))
    readiness = Readiness()
    readiness.add("rules", lambda: Verdict(is_ready=True, detail="1 rule"))
    metrics.registry.register(ConditionCollector(readiness, sources))
    return {
        name: shape
        for collector in tuple(metrics.registry._collector_to_names)
        for name, shape in _shapes(collector)
        if name.startswith("wirewatch_")
    }


def _shapes(collector: Collector) -> Iterator[tuple[str, tuple[str, str]]]:
    declared: tuple[str, ...] = getattr(collector, "_labelnames", ())
    for family in collector.collect():
        seen = sorted({label for sample in family.samples for label in sample.labels if label != "le"})
        kind = "gauge" if family.type == "info" else family.type
        suffix = {"counter": "_total", "info": "_info"}.get(family.type, "")
        yield family.name + suffix, (kind, ", ".join(declared or seen))


def test_given_the_table_of_metrics_when_compared_with_a_scrape_then_they_are_the_same(
    state: State,
) -> None:
    documented = {name: (kind, labels) for name, kind, labels, _meaning in table(OPERATIONS, "metric")}

    assert documented == exposed(state, OPERATIONS.parents[1] / "config")


def test_given_the_table_of_settings_when_compared_then_names_and_defaults_are_those_of_the_code() -> None:
    shown = {name: default for name, default, _meaning in table(OPERATIONS, "setting")}

    assert {name: _default(name) for name in shown} == shown


def _default(name: str) -> str:
    value: Any = Settings()
    for part in name.split("."):
        value = getattr(value, part)
    if isinstance(value, float):
        value = int(value)
    return {"None": "null", "True": "true", "False": "false"}.get(str(value), str(value))


def test_given_the_table_of_exit_codes_when_compared_then_every_code_is_there() -> None:
    codes = {value for value in vars(exits).values() if isinstance(value, int)}

    assert {int(code) for code, _meaning in table(OPERATIONS, "code")} == codes


def test_given_the_schedules_when_summed_then_they_last_as_long_as_the_table_says() -> None:
    days = 24 * 3600

    assert len(WEBHOOK.delays_s) + 1 == 10
    assert round(sum(WEBHOOK.delays_s) / 3600) == 76
    assert EMAIL.delays_s[0] == 300
    assert round(max(EMAIL.delays_s) / 60) == 67
    assert round(sum(EMAIL.delays_s) / days) == 5
    assert LOCAL.delays_s[:4] == (1, 5, 30, 60)
    assert max(LOCAL.delays_s) == 900
    assert round(sum(LOCAL.delays_s) / days) == 3


@pytest.mark.parametrize(
    "block",
    [*blocks(GUIDE, "yaml settings"), *blocks(OPERATIONS, "yaml settings")],
    ids=lambda one: one.where,
)
def test_given_settings_of_the_documents_when_loaded_then_they_are_taken_as_written(
    block: Block, tmp_path: Path
) -> None:
    config = new_config(tmp_path, settings=block.text)

    settings = load_settings({("config_dir",): str(config)}, {})

    _assert_holds(settings, mapping_of(config / "settings.yaml"))


def _assert_holds(model: BaseModel, written: Mapping[str, object]) -> None:
    for name, value in written.items():
        found = getattr(model, name)
        if isinstance(value, Mapping):
            _assert_holds(found, value)
        elif isinstance(found, SecretStr):
            assert found.get_secret_value() == value
        elif isinstance(found, Path):
            assert str(found) == value
        else:
            assert (list(found) if isinstance(found, tuple) else found) == value


def test_given_a_service_that_runs_when_backed_up_as_documented_then_both_copies_are_whole(
    state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documented = [call for block in blocks(OPERATIONS, "sh") for call in calls(block) if call[0] == "backup"]
    monkeypatch.chdir(tmp_path)

    ended = {run([*call[:-1], str(tmp_path / "backup")]) for call in documented}

    assert ended == {0}
    for name, rows, counted in (("ingest.db", "log_records", 1), ("alerts.db", "alerts", 0)):
        copy = sqlite.connect(str(tmp_path / "backup" / name))
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert copy.execute(f"SELECT count(*) FROM {rows}").fetchone() == (counted,)
        copy.close()
    assert state.ingest.log.size().rows == 1
