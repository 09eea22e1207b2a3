"""The shipped rules, read as Prometheus reads them."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.docs.blocks import KAFKA, OPERATIONS, blocks, table
from tests.docs.config_of_blocks import mapping_of
from tests.support.command import ROOT
from tests.support.prometheus import (
    PAGES,
    RULES,
    base_of,
    name_of,
    panels,
    promtool,
    require_prometheus,
    rules,
    selectors,
)

require_prometheus()

FOLDER = RULES.parent


def asked() -> Iterator[str]:
    """Every expression of ours."""
    yield from (str(rule["expr"]) for kind in ("alert", "record") for rule in rules(kind))
    yield from (target["expr"] for panel in panels() for target in panel["targets"])


@pytest.mark.parametrize("file", sorted((FOLDER / "tests").glob("*.yml")), ids=lambda file: file.stem)
def test_given_the_tests_of_the_rules_when_run_by_promtool_then_all_pass(file: Path) -> None:
    promtool("test", "rules", file)


def test_given_the_configuration_when_checked_by_promtool_then_it_is_sound(tmp_path: Path) -> None:
    promtool("check", "config", FOLDER / "prometheus.yml")
    promtool("check", "rules", *sorted(RULES.glob("*.yml")))

    (block,) = blocks(OPERATIONS, "yaml prometheus")
    (tmp_path / "prometheus.yml").write_text(block.text)
    (tmp_path / "wirewatch").symlink_to(RULES)
    promtool("check", "config", tmp_path / "prometheus.yml")


def test_given_every_alert_when_read_then_it_says_what_how_bad_and_what_to_do() -> None:
    headings = OPERATIONS.read_text().splitlines()

    for rule in rules("alert"):
        notes, name = rule["annotations"], rule["alert"]
        assert rule["labels"]["severity"] in {"critical", "warning"}, name
        assert notes["summary"], name
        assert notes["description"].endswith("."), name
        assert notes["runbook_url"] == f"docs/operations.md#{str(name).lower()}"
        assert f"### {name}" in headings


def test_given_every_runbook_entry_when_looked_up_then_its_alert_is_there() -> None:
    entries = {
        line.removeprefix("### ")
        for line in OPERATIONS.read_text().splitlines()
        if line.startswith("### Wirewatch")
    }

    assert entries == {rule["alert"] for rule in rules("alert")}


def test_given_every_alert_when_looked_for_in_the_tests_then_one_expects_it_to_fire() -> None:
    fired: set[str] = set()
    for file in (FOLDER / "tests").glob("*.yml"):
        document: Any = mapping_of(file)
        for test in document["tests"]:
            for query in test["promql_expr_test"]:
                if query["exp_samples"]:
                    text = str(query["expr"]) + str(query["exp_samples"])
                    fired |= {rule["alert"] for rule in rules("alert") if f'"{rule["alert"]}"' in text}

    assert fired == {rule["alert"] for rule in rules("alert")}


def test_given_every_query_when_read_then_it_asks_for_what_the_code_or_a_rule_has() -> None:
    # That the table is what the code has is tests/docs' to prove.
    code = {name for document in (OPERATIONS, KAFKA) for name, *_ in table(document, "metric")}
    recorded = {rule["record"] for rule in rules("record")}

    unknown = {
        name
        for expression in asked()
        for name in map(name_of, selectors(expression))
        if not {name, base_of(name)} & (code | recorded)
    }

    assert unknown == set()


def test_given_recording_rules_when_counted_then_each_is_asked_for_by_an_alert_or_a_page() -> None:
    used = {name_of(one) for expression in asked() for one in selectors(expression)}

    assert {str(rule["record"]) for rule in rules("record")} <= used


def test_given_the_pages_when_built_anew_then_they_are_those_that_are_checked_in() -> None:
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        from build_dashboards import built  # type: ignore[import-not-found]  # a script, not a package
    finally:
        sys.path.pop(0)

    assert {file.name: file.read_text() for file in PAGES.iterdir()} == built()


def test_given_the_pages_when_read_then_panels_fit_their_grid_and_ask_the_provisioned_source() -> None:
    source: Any = mapping_of(ROOT / "config/grafana/provisioning/datasources/prometheus.yml")
    (provisioned,) = source["datasources"]

    for panel in panels():
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24, panel["title"]
        assert panel["datasource"] == {"type": provisioned["type"], "uid": provisioned["uid"]}
        assert panel["targets"], panel["title"]
