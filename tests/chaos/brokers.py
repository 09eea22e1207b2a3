"""Freezes and kills the one broker: `python -m tests.chaos.brokers --rounds 30`.

Articles are taken all the while. After each outage it is measured how long it takes, once the broker is
back, until the ingester publishes again. Then everything is drained and the ledger checked.
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
from tests.chaos.cluster import Cluster, running
from tests.chaos.telling import tell
from tests.support.ledger import Verdict
from tests.support.waiting import wait_for

MEMBERS = {"deliver": 1, "alerts": 2, "ingest": 1}
FREEZES_S = (1.0, 4.0, 10.0)
AGAIN_S = 5.0
_DOWN_S = 2.0
_BETWEEN_S = 2.0
_PATIENCE_S = 60.0
_PUBLISHED = 'wirewatch_events_forwarded_total{outcome="whole"}'


@dataclass(slots=True)
class Tally:
    """What was done, and how long it took to publish again, in seconds."""

    done: Counter[str] = field(default_factory=Counter)
    again_s: list[float] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)


def plan(rounds: int, rng: random.Random) -> list[float]:
    """How long each outage freezes the broker; 0 kills it. As many of each kind as there can be."""
    kinds = [0.0, *FREEZES_S]
    planned = [kinds[number % len(kinds)] for number in range(rounds)]
    rng.shuffle(planned)
    return planned


class Tormentor:
    """Does one outage after the other to a cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._broker = cluster.services.broker
        self._pause = threading.Event()
        self.tally = Tally()

    def do(self, freeze_s: float) -> None:
        """One outage, and the wait until articles are published again."""
        self._pause.wait(_BETWEEN_S)
        if freeze_s:
            self._broker.freeze()
            self._pause.wait(freeze_s)
            self._broker.thaw()
        else:
            self._broker.kill()
            self._pause.wait(_DOWN_S)
            self._broker.start()
        kind = f"frozen for {freeze_s:g} s" if freeze_s else "killed"
        self.tally.done[kind] += 1
        took_s = self._wait_until_published()
        self.tally.again_s.append(took_s)
        if took_s > AGAIN_S:
            self.tally.violations.append(f"{kind}: published again only after {took_s:.1f} s")

    def _wait_until_published(self) -> float:
        back = time.monotonic()
        before = self._published()
        wait_for(lambda: self._published() > before, _PATIENCE_S)
        return time.monotonic() - back

    def _published(self) -> float:
        (ingester,) = self._cluster.of("ingest")
        assert ingester.daemon is not None
        return ingester.daemon.metric(_PUBLISHED) or 0.0


def torment(folder: Path, outages: list[float], rng: random.Random) -> tuple[Verdict, Tally]:
    """Do the outages to a new cluster, drain it, and check."""
    with running(folder, rng, MEMBERS) as cluster:
        tormentor = Tormentor(cluster)
        for number, freeze_s in enumerate(outages, 1):
            tormentor.do(freeze_s)
            if number % 5 == 0:
                sys.stderr.write(f"{number} outages, {cluster.receiver.taken} alerts taken\n")
        cluster.drain()
        verdict = audit_cluster(cluster, 0)
    verdict.violations += tormentor.tally.violations
    return verdict, tormentor.tally


def figures(tally: Tally) -> dict[str, float]:
    """What was done, and how long it took to publish again."""
    again_s = sorted(tally.again_s)
    return {
        **tally.done,
        "seconds until it published again, median": round(again_s[len(again_s) // 2], 2),
        "seconds until it published again, most": round(again_s[-1], 2),
    }


def main() -> int:
    """Run, print the figures, say whether they add up."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    rng = random.Random(options.seed)

    def run() -> tuple[dict[str, float], Verdict]:
        with tempfile.TemporaryDirectory() as folder:
            verdict, tally = torment(Path(folder), plan(options.rounds, rng), rng)
        return figures(tally), verdict

    return tell(f"one broker, seed {options.seed}", run)


if __name__ == "__main__":
    sys.exit(main())
