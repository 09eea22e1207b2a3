import os
import subprocess
import sys

import pytest

from stream.embedded.process import is_gone, own_mark

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="needs /proc")  # noqa: PTH110  at import


def mark_of(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def start() -> "subprocess.Popen[str]":
    mark = "from stream.embedded.process import own_mark; print(own_mark(), flush=True)"
    code = f"import sys; {mark}; sys.stdin.read()"
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_given_this_process_when_looked_up_then_it_is_not_gone() -> None:
    assert not is_gone(own_mark())


def test_given_another_process_when_it_ends_then_it_is_gone_even_before_it_is_reaped() -> None:
    with start() as process:
        mark = mark_of(process)
        alive = is_gone(mark)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        unreaped = is_gone(mark)

    assert (alive, unreaped, is_gone(mark)) == (False, True, True)


def test_given_a_new_process_with_an_old_number_when_looked_up_then_the_old_one_is_gone() -> None:
    assert is_gone(own_mark().rpartition("/")[0] + "/1")


@pytest.mark.parametrize("mark", ["", "another machine pid:[1]/1/1", "no mark at all", "/999999999/5"])
def test_given_a_mark_we_cannot_judge_when_looked_up_then_it_is_not_called_gone(mark: str) -> None:
    assert not is_gone(mark)
