import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import json, os, signal, time
from stream.forked import Bounds, run_forked

def work(tell):
    tell(b"begun ")
    {body}

ending = run_forked(work, Bounds(cpu_s=1, wall_s={wall_s}, memory_mb=200))
print(json.dumps([ending.told.decode(), ending.reason, ending.detail]))
"""


def run(body: str, wall_s: float = 20) -> Any:
    """Fork in a process of one thread, as the module asks for."""
    program = PROGRAM.format(body=body, wall_s=wall_s)
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True)
    assert ended.stderr == b""
    return json.loads(ended.stdout)


@pytest.mark.parametrize(
    ("body", "ending"),
    [
        ("tell(b'done')", ["begun done", "", ""]),
        ("os.kill(os.getpid(), signal.SIGSEGV)", ["begun ", "died", "SIGSEGV"]),
        ("while True: pass", ["begun ", "timeout", "used 1 s of CPU time"]),
        ("bytearray(2**30)", ["begun ", "memory", "asked for more than 200 MB"]),
        ("raise ValueError('no')", ["begun ValueError: no", "failed", "it raised"]),
        ("os._exit(0)", ["begun ", "", ""]),
    ],
)
def test_given_work_that_ends_in_some_way_when_forked_then_it_is_told_and_the_caller_lives(
    body: str, ending: list[str]
) -> None:
    assert run(body) == ending


def test_given_work_that_waits_for_ever_when_its_time_is_up_then_it_is_killed() -> None:
    told, reason, detail = run("signal.pause()", wall_s=0.2)

    assert (told, reason, detail) == ("begun ", "timeout", "ran for 0.2 s")


def test_given_work_that_tells_much_when_forked_then_all_of_it_arrives() -> None:
    assert len(run("for _ in range(1000): tell(b'x' * 1000)")[0]) == 1_000_006
