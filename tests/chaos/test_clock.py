import os
from pathlib import Path

import pytest

from tests.chaos.clock import DAY_S, HOUR_S, STEPS_S, Step, library, plan, torment


@pytest.fixture
def preloaded() -> Path:
    found = library()
    if found is None and os.environ.get("CI"):
        raise RuntimeError("no libfaketime, which CI promises")
    if found is None:
        pytest.skip("no libfaketime (Debian, Ubuntu: apt install faketime)")
    return found


@pytest.mark.timeout(300)
def test_given_a_clock_that_is_stepped_when_working_then_polls_and_deliveries_go_on(
    tmp_path: Path, preloaded: Path
) -> None:
    steps = [Step(30 * DAY_S, stays=False), Step(-HOUR_S, stays=False)]

    verdict, figures = torment(tmp_path, steps, preloaded)

    assert verdict.violations == []
    assert figures["requests refused"] > len(steps)
    assert figures["polls"] > 20


def test_given_a_full_run_when_planned_then_each_step_is_made_for_seconds_and_for_good() -> None:
    assert {(step.by_s, step.stays) for step in plan()} == {
        (by, stays) for by in STEPS_S for stays in (True, False)
    }
