"""The fault drivers of Kafka and PostgreSQL in short; `make chaos` has the long forms."""

import random
from pathlib import Path

import pytest

from tests.chaos import brokers, rolling, storm, workers
from tests.chaos.workers import Fault

pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("cluster")]


def test_given_kills_crashes_and_a_zombie_when_drained_then_the_ledger_adds_up(tmp_path: Path) -> None:
    faults = [
        Fault("zombie", "alerts"),
        *[Fault("kill", role) for role in ("alerts", "deliver", "ingest", "alerts")],
        Fault("crash"),
        *[Fault("kill", role) for role in ("deliver", "alerts", "ingest")],
    ]

    verdict, tally = workers.torment(tmp_path, faults, random.Random(3))

    assert verdict.violations == []
    assert tally.done.total() == len(faults)
    assert verdict.figures["articles acknowledged"] > 100


def test_given_a_broker_frozen_and_killed_when_it_is_back_then_articles_flow_again_and_none_is_lost(
    tmp_path: Path,
) -> None:
    verdict, tally = brokers.torment(tmp_path, [1.0, 0.0], random.Random(4))

    assert verdict.violations == []
    assert len(tally.again_s) == 2


def test_given_matchers_that_come_and_go_when_drained_then_nothing_is_lost_and_no_partition_stands_still(
    tmp_path: Path,
) -> None:
    verdict, figures = storm.torment(tmp_path, 12.0, random.Random(5))

    assert verdict.violations == []
    assert figures["longest stall of a partition, s"] > 0


def test_given_three_brokers_when_one_is_killed_under_load_then_nothing_is_lost(tmp_path: Path) -> None:
    verdict, figures = rolling.torment(tmp_path, 1.0, 200, random.Random(6), every_s=3.0)

    assert verdict.violations == []
    assert figures["brokers killed"] == 1
