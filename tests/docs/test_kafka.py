"""What docs/kafka.md says, against the code."""

from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from stream.kafka.metrics import KafkaMetrics
from tests.docs.blocks import KAFKA, Block, blocks, table
from tests.docs.config_of_blocks import new_config
from wirewatch.layers import load_settings
from wirewatch.settings import Settings


def test_given_the_table_of_metrics_when_compared_then_every_metric_is_there() -> None:
    registry = CollectorRegistry()
    KafkaMetrics(registry)
    exposed = {
        family.name + ("_total" if family.type == "counter" else ""): (
            family.type,
            ", ".join(sorted({label for sample in family.samples for label in sample.labels} - {"le"})),
        )
        for family in registry.collect()
    }

    documented = {name: (kind, labels) for name, kind, labels, _ in table(KAFKA, "metric")}

    assert documented == exposed


def test_given_the_table_of_settings_when_compared_then_names_and_defaults_are_those_of_the_code() -> None:
    for name, default, _ in table(KAFKA, "setting"):
        value: Any = Settings()
        for part in name.split("."):
            value = getattr(value, part)
        assert str(int(value) if isinstance(value, float) else value) == default, name


@pytest.mark.parametrize("block", blocks(KAFKA, "yaml settings"), ids=lambda one: one.where)
def test_given_the_settings_of_the_document_when_loaded_then_they_are_taken(
    block: Block, tmp_path: Path
) -> None:
    config = new_config(tmp_path, settings=block.text)

    kafka = load_settings({("config_dir",): str(config)}, {}).stream.kafka

    assert kafka.create.partitions == 8
    assert kafka.sasl.mechanism == "SCRAM-SHA-512"
