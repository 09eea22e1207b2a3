"""The README's way to many processes, word for word: one alert for the sample article, delivered once."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree, rmtree

import pytest

from tests.docs.blocks import README, ROOT, blocks
from tests.support.command import clean_environment, installed
from tests.support.daemon import Lines
from tests.support.kafka import require_broker
from tests.support.postgres import require_binaries

_NAMED = "/tmp/wirewatch"  # noqa: S108 - the folder that the README names
_FIRST = "Turkey and Iran sign military cooperation accord"
_ALERT_S = 150.0


@pytest.fixture
def checkout() -> Iterator[Path]:
    """A checkout with the samples as its only source; the database's user must be able to get at it."""
    require_broker()
    require_binaries()
    folder = Path(f"{_NAMED}-test-{os.getpid()}")
    folder.mkdir(mode=0o755)
    copytree(ROOT / "config", folder / "config")
    copytree(ROOT / "seeds", folder / "seeds")
    copytree(ROOT / "scripts", folder / "scripts")
    sources = "sources:\n  - {id: seeds, kind: files, path: seeds/articles}\n"
    (folder / "config" / "sources.yaml").write_text(sources)
    command = folder / ".venv" / "bin" / "wirewatch"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nexec {" ".join(installed())} "$@"\n')
    command.chmod(0o755)
    yield folder
    rmtree(folder, ignore_errors=True)


def shell(script: str, folder: Path) -> str:
    """The README's commands, with services of this test's own, and a free port for the pages."""
    own = script.replace(_NAMED, f"{folder}/services")
    return "set -eu\n" + own.replace("--role web", "--role web --port 0")


@contextmanager
def following(start: str, stop: str, folder: Path) -> Iterator[Lines]:
    """Do what the README says until the block ends; what it prints is being read."""
    running = subprocess.Popen(
        ["bash", "-c", start],
        cwd=folder,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert running.stdout is not None
    lines = Lines(running.stdout)
    try:
        yield lines
        os.killpg(running.pid, signal.SIGTERM)
        lines.join()
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        subprocess.run(["bash", "-c", stop], cwd=folder, check=True, timeout=120)


@pytest.mark.timeout(400)
@pytest.mark.xdist_group("cluster")
def test_given_the_readme_when_followed_to_many_processes_then_the_alert_comes_once(checkout: Path) -> None:
    (start,) = [block.text for block in blocks(README, "sh") if "scripts/kafka-broker start" in block.text]
    (stop,) = [block.text for block in blocks(README, "sh") if "scripts/kafka-broker stop" in block.text]
    stop = stop.replace("kill $(jobs -p)\n", "")

    with following(shell(start, checkout), shell(stop, checkout), checkout) as lines:
        found = lines.wait(lambda line: _FIRST in line, _ALERT_S)

    assert found.startswith("ALERT | [HIGH] Iran–Turkey military cooperation")
    assert sum(line == found for line in lines.all) == 1
