"""Three brokers, one of them killed every 20 s: `python -m tests.chaos.rolling --minutes 10 --rate 1000`.

Articles come in at a steady rate; each broker killed is started again at once. Then everything is drained
and the ledger checked.
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
from tests.chaos.cluster import running
from tests.chaos.feeder import Hose
from tests.chaos.telling import tell
from tests.support.ledger import Verdict

MEMBERS = {"deliver": 1, "alerts": 2, "ingest": 1}
EVERY_S = 20.0


def torment(
    folder: Path, duration_s: float, rate: int, rng: random.Random, *, every_s: float = EVERY_S
) -> tuple[Verdict, dict[str, float]]:
    """Kill the brokers in turn for a time, drain, and check."""
    done: Counter[str] = Counter()
    pause = threading.Event()
    with running(folder, rng, MEMBERS, brokers=3, feeder=Hose.at(rate)) as cluster:
        broker = cluster.services.broker
        began = time.monotonic()
        number = 0
        while time.monotonic() < began + duration_s:
            pause.wait(every_s)
            broker.kill(number % 3)
            broker.start()
            done["brokers killed"] += 1
            number += 1
            sys.stderr.write(f"{number} kills, {len(cluster.feeder.acknowledged)} articles taken\n")
        taken, took_s = len(cluster.feeder.acknowledged), time.monotonic() - began
        cluster.drain()
        verdict = audit_cluster(cluster, 0)
    return verdict, {**done, "articles taken a second": round(taken / took_s)}


def main() -> int:
    """Run, print the figures, say whether they add up."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rate", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    rng = random.Random(options.seed)

    def run() -> tuple[dict[str, float], Verdict]:
        with tempfile.TemporaryDirectory() as folder:
            verdict, figures = torment(Path(folder), options.minutes * 60, options.rate, rng)
        return figures, verdict

    return tell(f"three brokers, seed {options.seed}", run)


if __name__ == "__main__":
    sys.exit(main())
