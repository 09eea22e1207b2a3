import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_given_generated_patterns_and_terms_when_run_as_the_service_does_then_nothing_crashes() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.chaos.regex", "--patterns", "1500", "--seed", "7"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.count("0 processes crashed, stalled or differed") == 2
