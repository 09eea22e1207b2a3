"""From the command to readiness: `python -m bench.startup [--times 5]`.

The shipped rules, themes and routes, and of the sources the sample articles only, so that no publisher is
asked for a benchmark. Ready means that /readyz says so: rules are in force, the log takes events, records are
read and delivered, a source has answered. Medians; the first start, which makes the state, stands alone.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.goals import Goal, tell
from tests.support.command import ROOT
from tests.support.daemon import Daemon, Site

_READY_S = 2.0


@contextmanager
def shipped_site() -> Iterator[Site]:
    """A copy of what is shipped, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        shutil.copytree(ROOT / "config", site.config, dirs_exist_ok=True)
        site.write("sources.yaml", f"sources:\n  - {{id: seeds, kind: files, path: {ROOT}/seeds/articles}}\n")
        yield site


def moments_s(daemon: Daemon, began: float) -> dict[str, float]:
    """Seconds since the start until it listens, runs, and is ready."""
    found = {}
    for name, wait in (
        ("listening", lambda: daemon.wait_for_log("listening")),
        ("started", lambda: daemon.wait_for_log("started")),
        ("ready", daemon.wait_until_ready),
    ):
        wait()
        found[name] = time.perf_counter() - began
    return found


def start_once(site: Site) -> dict[str, float]:
    """Start, wait until ready, and end."""
    began = time.perf_counter()
    with site.running() as daemon:
        found = moments_s(daemon, began)
        ending = time.perf_counter()
        daemon.end()
        found["drained"] = time.perf_counter() - ending
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    with shipped_site() as site:
        first = start_once(site)
        later = [start_once(site) for _ in range(options.times)]
    middle = {name: statistics.median(one[name] for one in later) for name in first}
    print(f"{'seconds':14}{'first start':>14}{'later starts':>14}")
    for name, seconds in first.items():
        print(f"{name:14}{seconds:14.2f}{middle[name]:14.2f}")
    tell(
        Goal(
            "start-up to ready, shipped configuration",
            round(middle["ready"], 2),
            "s",
            _READY_S,
            is_limit=True,
        )
    )


if __name__ == "__main__":
    main()
