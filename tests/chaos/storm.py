"""A matcher joins or leaves every two seconds: `python -m tests.chaos.storm --minutes 5`.

Half of those that leave are asked to, half are killed. Meanwhile it is watched how long any partition stands
still though there is something to read. Then everything is drained and the ledger checked.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from tests.chaos.account import audit_cluster
from tests.chaos.cluster import SESSION_S, Cluster, running
from tests.chaos.progress import Progress
from tests.chaos.telling import tell
from tests.support.ledger import Verdict

MEMBERS = {"deliver": 1, "alerts": 3, "ingest": 1}
EVERY_S = 2.0
LONGEST_STALL_S = 3.0 * SESSION_S
_FEWEST, _MOST = 2, 4


def change(cluster: Cluster, rng: random.Random, done: Counter[str]) -> None:
    """Let one matcher join or leave, so that between two and four are there."""
    members = cluster.of("alerts")
    present = [member for member in members if member.is_alive]
    absent = [member for member in members if not member.is_alive]
    is_joining = len(present) <= _FEWEST or (len(present) < _MOST and rng.random() < 0.5)
    if is_joining and absent:
        cluster.restart(rng.choice(absent))
        done["joined"] += 1
    elif is_joining:
        cluster.add("alerts")
        done["joined"] += 1
    elif rng.random() < 0.5:
        rng.choice(present).kill()
        done["left by SIGKILL"] += 1
    else:
        rng.choice(present).end()
        done["left when asked"] += 1


def torment(folder: Path, duration_s: float, rng: random.Random) -> tuple[Verdict, dict[str, float]]:
    """Storm for a time, drain, and check."""
    done: Counter[str] = Counter()
    pause = threading.Event()
    with running(folder, rng, MEMBERS) as cluster:
        services = cluster.services
        with Progress(services.broker.bootstrap, services.database_url) as progress:
            ends_at = time.monotonic() + duration_s
            while time.monotonic() < ends_at:
                next_at = time.monotonic() + EVERY_S
                change(cluster, rng, done)
                pause.wait(max(0.0, next_at - time.monotonic()))
            cluster.drain()
        verdict = audit_cluster(cluster, 0)
    if progress.longest_stall_s > LONGEST_STALL_S:
        verdict.violations.append(f"a partition stood still for {progress.longest_stall_s:.1f} s")
    figures = {**done, "longest stall of a partition, s": round(progress.longest_stall_s, 2)}
    return verdict, figures


def main() -> int:
    """Run, print the figures, say whether they add up."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    rng = random.Random(options.seed)

    def run() -> tuple[dict[str, float], Verdict]:
        with tempfile.TemporaryDirectory() as folder:
            verdict, figures = torment(Path(folder), options.minutes * 60, rng)
        return figures, verdict

    return tell(f"rebalance storm, seed {options.seed}", run)


if __name__ == "__main__":
    sys.exit(main())
