import random
from pathlib import Path

import pytest

from tests.chaos.kill import ALONE, Round, plan, torment


@pytest.mark.timeout(400)
def test_given_kills_at_random_and_at_every_failpoint_when_all_is_delivered_then_the_ledger_adds_up(
    tmp_path: Path,
) -> None:
    rng = random.Random(7)
    rounds = [
        *(Round(name, rng.randint(1, 3)) for name in ALONE),
        Round("new"),
        Round("start"),
        Round("long"),
    ]
    rounds += [Round("work")] * 9
    rng.shuffle(rounds)

    verdict, tally = torment(tmp_path, rounds, rng)

    assert verdict.violations == []
    assert tally.kills.total() == len(rounds)
    assert verdict.figures["articles acknowledged"] > 100
    assert verdict.figures["hook: refused, so sent again"] > 0


def test_given_500_rounds_when_planned_then_every_failpoint_has_its_share() -> None:
    planned = plan(500, random.Random(1))

    assert len(planned) == 500
    assert all(sum(one.kind == name for one in planned) == 10 for name in ALONE)
    assert sum(one.kind == "work" for one in planned) > 250
