import random
from pathlib import Path

import pytest

from tests.chaos.postgres import KINDS, plan, torment


@pytest.mark.timeout(400)
def test_given_crashes_of_everything_around_postgres_when_all_is_delivered_then_the_ledger_adds_up(
    tmp_path: Path,
) -> None:
    rng = random.Random(7)

    verdict, tally = torment(tmp_path, plan(2 * len(KINDS), rng), rng)

    assert verdict.violations == []
    assert tally.faults == dict.fromkeys(KINDS, 2)
    assert verdict.figures["articles acknowledged"] > 50
