"""The filters as processes in a pipe: flat memory, prompt output, quiet ends, quick starts."""

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import clean_environment, spawn, start

ARTICLE = b'{"id": "x", "title": "Iran and Turkey sign an arms pact"}\n'
EVENT = {
    "schema_version": 1,
    "source": "elsewhere",
    "title": "Iran and Turkey sign an arms pact",
    "first_seen_at": "2026-01-01T00:00:00Z",
    "content_hash": "h",
    "text": "Words of an article. " * 10,
}

# Runs a command and says on the last line of stderr how large its process ever was.
_MEASURED = """\
import resource, sys
from wirewatch.cli.entry import run
code = run(sys.argv[1:])
sys.stderr.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}\\n")
sys.exit(code)
"""


def peak_kb(arguments: list[str], cwd: Path) -> tuple[int, int]:
    """Peak memory, and how many lines came out."""
    ended = subprocess.run(
        [sys.executable, "-c", _MEASURED, *arguments],
        capture_output=True,
        cwd=cwd,
        env=clean_environment(),
        timeout=100,
        check=False,
    )
    assert ended.returncode == 65, ended.stderr[-500:]
    return int(ended.stderr.splitlines()[-1]), ended.stdout.count(b"\n")


def write_events(path: Path, count: int) -> None:
    with path.open("w") as file:
        for number in range(count):
            file.write(json.dumps({**EVENT, "event_id": f"E{number}"}) + "\n")
        file.write("garbage\n")


def test_given_a_hundred_thousand_lines_when_filtered_then_memory_stays_flat(tmp_path: Path) -> None:
    write_events(tmp_path / "few.jsonl", 1_000)
    write_events(tmp_path / "many.jsonl", 100_000)
    (tmp_path / "w.yaml").write_text("rules: [{id: any, when: {text: arms pact}}]\n")

    few_kb, few = peak_kb(["match", "-w", "w.yaml", "few.jsonl"], tmp_path)
    many_kb, many = peak_kb(["match", "-w", "w.yaml", "many.jsonl"], tmp_path)

    assert (few, many) == (1_000, 100_000)
    assert many_kb - few_kb < 10_000


def test_given_a_line_that_came_when_no_more_comes_yet_then_its_output_is_there(tmp_path: Path) -> None:
    with start("annotate", cwd=tmp_path) as process:
        assert process.stdin
        assert process.stdout

        process.stdin.write(ARTICLE)
        process.stdin.flush()
        is_there, _, _ = select.select([process.stdout], [], [], 30)

        assert is_there
        assert json.loads(process.stdout.readline())["id"] == "x"
        process.stdin.close()
        assert process.wait(30) == 0


def test_given_a_reader_that_leaves_when_filtered_then_it_ends_quietly(tmp_path: Path) -> None:
    write_events(tmp_path / "many.jsonl", 20_000)
    with start("normalise", "many.jsonl", cwd=tmp_path) as process:
        assert process.stdout
        assert process.stderr

        process.stdout.readline()
        process.stdout.close()

        assert process.wait(30) == 0
        assert process.stderr.read() == b""


def test_given_a_pipe_that_closed_before_the_last_flush_when_ended_then_it_is_quiet_too(
    tmp_path: Path,
) -> None:
    reading, writing = os.pipe()
    os.close(reading)

    ended = subprocess.run(
        [sys.executable, "-c", "from wirewatch.cli import main; main()", "schema", "event"],
        stdout=writing,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=clean_environment(),
        timeout=30,
        check=False,
    )
    os.close(writing)

    assert (ended.returncode, ended.stderr) == (0, b"")


def test_given_a_filter_that_waits_when_interrupted_then_it_exits_130_without_a_word(tmp_path: Path) -> None:
    with start("annotate", cwd=tmp_path) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(ARTICLE)
        process.stdin.flush()
        process.stdout.readline()

        process.send_signal(signal.SIGINT)

        assert process.wait(30) == 130
        assert process.stderr.read() == b""


@pytest.mark.parametrize("arguments", [["annotate"], ["annotate", "-"], ["normalise", "-", "-"]])
def test_given_standard_input_when_named_or_not_then_it_is_read(tmp_path: Path, arguments: list[str]) -> None:
    ran = spawn(*arguments, cwd=tmp_path, stdin=ARTICLE)

    assert (ran.code, [row["id"] for row in ran.rows], ran.err) == (0, ["x"], "")


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["normalise", "in.jsonl"], ["annotate", "in.jsonl"], ["match", "-w", "w.yaml", "in.jsonl"]],
)
def test_given_a_small_article_when_filtered_then_nothing_heavy_is_loaded(
    tmp_path: Path, arguments: list[str]
) -> None:
    (tmp_path / "in.jsonl").write_bytes(ARTICLE)
    (tmp_path / "w.yaml").write_text("rules: [{id: any, when: {text: arms pact}}]\n")
    told = """import sys
from wirewatch.cli.entry import run
run(sys.argv[1:])
print(*sys.modules, file=sys.stderr)"""

    ended = subprocess.run(
        [sys.executable, "-c", told, *arguments],
        capture_output=True,
        cwd=tmp_path,
        env=clean_environment(),
        timeout=30,
        check=True,
    )

    loaded = set(ended.stderr.decode().split())
    assert "typer" in loaded
    assert not loaded & {
        "aiohttp",
        "apscheduler",
        "jinja2",
        "multiprocessing",
        "rich",
        "sqlalchemy",
        "starlette",
        "structlog",
        "trafilatura",
        "wirewatch.settings",
    }
