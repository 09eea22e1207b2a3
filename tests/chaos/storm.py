"""A matcher joins or leaves every two seconds: `python -m tests.chaos.storm --minutes 5`.

Half of those that leave are asked to, half are killed, but none before two session timeouts have passed since
the last was: Kafka gives partitions to a member that died while it waited to join, which keeps them for one
session more, so that without a pause the bound would only say how lucky the seed was. Meanwhile it is watched
how long any partition stands still though there is something to read. Then everything is drained and the
ledger checked.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.account import audit_cluster
from tests.chaos.cluster import SESSION_S, Cluster, running
from tests.chaos.progress import Progress, Stall
from tests.chaos.telling import tell
from tests.support.ledger import Verdict

MEMBERS = {"deliver": 1, "alerts": 3, "ingest": 1}
EVERY_S = 2.0
LONGEST_STALL_S = 3.0 * SESSION_S
KILLED = "left by SIGKILL"
_FEWEST, _MOST = 2, 4


@dataclass
class Storm:
    """Lets one matcher after the other join or leave, and remembers when (monotonic seconds)."""

    cluster: Cluster
    rng: random.Random
    changes: list[tuple[float, str]] = field(default_factory=list)

    def change(self) -> None:
        """One joins or leaves, so that between two and four are there."""
        began_s = time.monotonic()
        self.changes.append((began_s, self._change()))

    def during(self, stall: Stall) -> str:
        """What happened while a partition stood still."""
        within = [f"{at - stall.began_s:+.1f} {what}" for at, what in self.changes if _is_within(at, stall)]
        return ", ".join(within)

    @property
    def _has_killed_lately(self) -> bool:
        latest_s = max((at for at, what in self.changes if what == KILLED), default=float("-inf"))
        return time.monotonic() - latest_s < 2 * SESSION_S

    def _change(self) -> str:
        members = self.cluster.of("alerts")
        present = [member for member in members if member.is_alive]
        absent = [member for member in members if not member.is_alive]
        is_joining = len(present) <= _FEWEST or (len(present) < _MOST and self.rng.random() < 0.5)
        if is_joining and absent:
            self.cluster.restart(self.rng.choice(absent))
        elif is_joining:
            self.cluster.add("alerts")
        elif self.rng.random() < 0.5 and not self._has_killed_lately:
            self.rng.choice(present).kill()
            return KILLED
        else:
            self.rng.choice(present).end()
            return "left when asked"
        return "joined"


def _is_within(at: float, stall: Stall) -> bool:
    return stall.began_s - SESSION_S < at < stall.began_s + stall.seconds


def torment(folder: Path, duration_s: float, rng: random.Random) -> tuple[Verdict, dict[str, float]]:
    """Storm for a time, drain, and check."""
    pause = threading.Event()
    with running(folder, rng, MEMBERS) as cluster:
        services, storm = cluster.services, Storm(cluster, rng)
        with Progress(services.broker.bootstrap, services.database_url) as progress:
            ends_at = time.monotonic() + duration_s
            while time.monotonic() < ends_at:
                next_at = time.monotonic() + EVERY_S
                storm.change()
                pause.wait(max(0.0, next_at - time.monotonic()))
            cluster.drain()
        verdict = audit_cluster(cluster, 0)
    longest = progress.longest
    if longest.seconds > LONGEST_STALL_S:
        verdict.violations.append(
            f"partition {longest.partition} stood still for {longest.seconds:.1f} s: {storm.during(longest)}"
        )
    done = Counter(what for _, what in storm.changes)
    return verdict, {**done, "longest stall of a partition, s": round(longest.seconds, 2)}


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
