"""Kills the roles of a cluster one by one, and its database: `python -m tests.chaos.workers --kills 300`.

Three matchers, two deliverers and an ingester work over one Kafka and one PostgreSQL. One after the other is
killed by SIGKILL and started again, or frozen for longer than its session lives and then let go on, as a
zombie; in between PostgreSQL crashes and recovers. Then everything is drained and the ledger checked.
"""

import argparse
import random
import signal
import sys
import tempfile
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.account import audit_cluster
from tests.chaos.cluster import SESSION_S, Cluster, Member, running
from tests.chaos.telling import tell
from tests.support.ledger import Verdict

MEMBERS = {"deliver": 2, "alerts": 3, "ingest": 1}
_SHARES = {"alerts": 6, "deliver": 3, "ingest": 1}
_PAUSE_S = 0.6  # on average, between two faults
_ZOMBIE_S = 1.5 * SESSION_S


@dataclass(frozen=True, slots=True)
class Fault:
    """What is done next: `kill` or `zombie` to a member of `role`, or `crash` to the database."""

    kind: str
    role: str = ""


@dataclass(slots=True)
class Tally:
    """What was done, by kind."""

    done: Counter[str] = field(default_factory=Counter)


def plan(kills: int, crashes: int, zombies: int, rng: random.Random) -> list[Fault]:
    """All faults in random order; matchers are hit most."""
    roles = rng.choices(list(_SHARES), list(_SHARES.values()), k=kills)
    faults = [
        *(Fault("kill", role) for role in roles),
        *(Fault("zombie", rng.choice(("alerts", "deliver"))) for _ in range(zombies)),
        *[Fault("crash")] * crashes,
    ]
    rng.shuffle(faults)
    return faults


class Tormentor:
    """Does one fault after the other to a cluster."""

    def __init__(self, cluster: Cluster, rng: random.Random) -> None:
        self._cluster = cluster
        self._rng = rng
        self._pause = threading.Event()
        self._frozen: list[tuple[Member, threading.Timer]] = []
        self.tally = Tally()

    def do(self, fault: Fault) -> None:
        """Hurt it, and bring back what died."""
        self._pause.wait(self._rng.expovariate(1 / _PAUSE_S))
        self._cluster.tend()
        match fault.kind:
            case "crash":
                self._cluster.services.server.restart()
                self.tally.done["crashes of the database"] += 1
            case "zombie":
                self._freeze(self._pick(fault.role))
                self.tally.done[f"zombies of role {fault.role}"] += 1
            case _:
                member = self._pick(fault.role)
                member.kill()
                self._cluster.restart(member)
                self.tally.done[f"kills of role {fault.role}"] += 1

    @property
    def interruptions(self) -> int:
        """How often a deliverer could not note what it had sent."""
        done = self.tally.done
        deliverers = len(self._cluster.of("deliver"))
        return (
            done["kills of role deliver"]
            + done["zombies of role deliver"]
            + done["crashes of the database"] * deliverers
        )

    def end(self) -> None:
        """Let every zombie go on."""
        for _, timer in self._frozen:
            timer.join()

    def _pick(self, role: str) -> Member:
        """One that is not frozen; where all are, the first to go on."""
        frozen = {id(member): timer for member, timer in self._frozen if timer.is_alive()}
        members = self._cluster.of(role)
        awake = [member for member in members if id(member) not in frozen]
        if awake:
            return self._rng.choice(awake)
        first = next(member for member, _ in self._frozen if member in members and id(member) in frozen)
        frozen[id(first)].join()
        return first

    def _freeze(self, member: Member) -> None:
        daemon = member.daemon
        assert daemon is not None
        daemon.send(signal.SIGSTOP)
        timer = threading.Timer(_ZOMBIE_S, daemon.send, [signal.SIGCONT])
        timer.start()
        self._frozen.append((member, timer))


def torment(folder: Path, faults: list[Fault], rng: random.Random) -> tuple[Verdict, Tally]:
    """Do the faults to a new cluster, drain it, and check."""
    with running(folder, rng, MEMBERS) as cluster:
        tormentor = Tormentor(cluster, rng)
        for number, fault in enumerate(faults, 1):
            tormentor.do(fault)
            if number % 25 == 0:
                sys.stderr.write(f"{number} faults, {cluster.receiver.taken} alerts taken\n")
        tormentor.end()
        cluster.drain()
        verdict = audit_cluster(cluster, tormentor.interruptions)
    return verdict, tormentor.tally


def main() -> int:
    """Run, print the figures, say whether they add up."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--crashes", type=int, default=20)
    parser.add_argument("--zombies", type=int, default=10)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    rng = random.Random(options.seed)
    faults = plan(options.kills, options.crashes, options.zombies, rng)

    def run() -> tuple[Counter[str], Verdict]:
        with tempfile.TemporaryDirectory() as folder:
            verdict, tally = torment(Path(folder), faults, rng)
        return tally.done, verdict

    return tell(f"workers, seed {options.seed}", run)


if __name__ == "__main__":
    sys.exit(main())
