"""Empty handlers of FastStream and Faust on the topic that we read, in the same run.

Their packages are none of ours: they are installed into an environment of their own in a temporary folder,
in the versions named here. Where no registry serves them that is said, and nothing is measured.
"""

import re
import subprocess
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

from bench.kafka import EVENTS, Figure, bare_consume, broker, measured, new_topic, our_consume, our_produce
from bench.log import article

_ZSTD = "cramjam==2.14.0"  # what both need to unpack our records
PEERS = {
    "faststream_handler": ("faststream[kafka]==0.7.8", _ZSTD),
    "faust_handler": ("faust-streaming==0.15.3", _ZSTD),
}
_HANDLERS = Path(__file__).parent / "handlers"
_RUN_S = 60


def install(folder: Path, requirements: Sequence[str]) -> Path | None:
    """An environment with one peer; None where it can't be had."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{requirements[0]}: not to be had here")
        return None
    return python


def handled(name: str, python: Path, servers: str, topic: str) -> Figure | None:
    """What an empty handler takes for the whole topic."""
    command = [str(python), str(_HANDLERS / f"{name}.py"), servers, topic, str(EVENTS)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=_RUN_S, cwd=python.parents[2]
        )
    except subprocess.TimeoutExpired:
        print(f"{name}: did not take {EVENTS:,} messages in {_RUN_S} s")
        return None
    took = re.search(r"took ([\d.]+) ([\d.]+)", done.stdout)
    if took is None:
        print(f"{name}: ended with {done.returncode} and no figure: {done.stderr[-300:]}")
        return None
    seconds, cpu_s = map(float, took.groups())
    return Figure(name.replace("_handler", ", empty handler"), EVENTS, seconds, cpu_s)


def main() -> None:
    """Measure what can be had, and print it beside ours."""
    with broker() as servers, tempfile.TemporaryDirectory() as folder:
        if servers is None:
            print("no broker: nothing measured")
            return
        options = new_topic(servers)
        our_produce(options, [article(number) for number in range(EVENTS)])
        bare = measured("kafka-python alone: poll, decode", lambda: bare_consume(options, EVENTS))
        ours = measured("ours: poll, decode, commit", lambda: our_consume(options, EVENTS))
        figures: list[Figure | None] = [bare, ours]
        for name, requirements in PEERS.items():
            python = install(Path(folder) / name, requirements)
            figures.append(handled(name, python, servers, options.topic) if python else None)
    for figure in figures:
        if figure is not None:
            print(f"{figure.row()}   {figure.per_core / bare.per_core:.2f} of the bare loop")


if __name__ == "__main__":
    main()
