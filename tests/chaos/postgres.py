"""Alerts on PostgreSQL while everything dies: `python -m tests.chaos.postgres --rounds 100 [--seed N]`.

One process reads and matches, two deliver, all through a proxy to a real PostgreSQL that syncs to its disk.
Every round does one of: kill -9 of the matching process or of a deliverer, death at a failpoint that only
ingesters on PostgreSQL reach, a crash of the server (`pg_ctl stop -m immediate`), every connection cut, or
the answer to a COMMIT lost. Articles come all the
while, and the webhook refuses one request in fifty. Then the ledger check. Exits 1 when it does not add up.
"""

import argparse
import random
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psycopg

from stream.failpoint import Failpoint
from stream.server import Server
from tests.chaos import articles
from tests.chaos.feeder import Feeder
from tests.chaos.hooked import HOOK_AT_ONCE, configure, lead_to_hook
from tests.chaos.receiver import Receiver, receiving
from tests.chaos.telling import tell
from tests.support.daemon import Daemon, Site
from tests.support.ledger import Verdict, audit, pending
from tests.support.postgres import Cluster, cluster
from tests.support.proxy import Proxy, never, proxy_to
from tests.support.waiting import wait_for

TOGETHER = tuple(place for place in Failpoint if place.needs_company)
KINDS = ("matcher", "deliverer", "server", "network", "commit", *TOGETHER)
_WORK_S = 0.6  # between two faults, on average
_CUT_S = 10.0
_REACH_S = 30.0
_DRAIN_S = 240.0
_RATE = 0.02


@dataclass(slots=True)
class Tally:
    """What was done, by kind, and what was wrong on the way."""

    faults: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)


class House:
    """The processes, each with a configuration of its own: its life's number is in the webhook's address."""

    def __init__(self, folder: Path, receiver: Receiver, proxy: Proxy) -> None:
        self.folder = folder
        self.state = folder / "state"
        self._receiver = receiver
        self._url = f"postgresql://wirewatch@127.0.0.1:{proxy.port}/postgres"
        self.life = 0

    def start(self, *roles: str, failpoint: str = "") -> Daemon:
        self.life += 1
        site = Site(self.folder / f"life-{self.life}")
        configure(site, self.folder / "inbox")
        lead_to_hook(site, self._receiver.url(self.life))
        return site.start(
            *roles,
            WIREWATCH_STATE_DIR=str(self.state),
            WIREWATCH_DATABASE__URL=self._url,
            WIREWATCH_NET__ALLOW='["127.0.0.0/8"]',
            WIREWATCH_FAILPOINT=failpoint,
        )


class Tormentor:
    """Does the rounds, one after the other, and keeps everybody running in between."""

    def __init__(
        self, house: House, feeder: Feeder, server: Cluster, proxy: Proxy, rng: random.Random
    ) -> None:
        self._house = house
        self._feeder = feeder
        self._server = server
        self._proxy = proxy
        self._rng = rng
        self.tally = Tally()
        self._matcher: Daemon | None = None
        self._deliverers: list[Daemon | None] = [None, None]

    def do(self, kind: str) -> None:
        """One fault, some work after it."""
        self._keep_running()
        faults: dict[str, Callable[[], None]] = {
            "matcher": self._matcher_dies,
            "deliverer": self._deliverer_dies,
            "server": self._server_dies,
            "network": self._network_breaks,
            "commit": self._commit_is_lost,
            **{place: partial(self._matcher_dies_at, place) for place in TOGETHER},
        }
        faults[kind]()
        self.tally.faults[kind] += 1
        threading.Event().wait(min(3.0, self._rng.expovariate(1 / _WORK_S)))

    def _keep_running(self) -> None:
        """Start whoever is dead; also who gave up because the server was away, as systemd does."""
        if self._matcher is None or not self._matcher.is_alive:
            self._matcher = self._house.start("ingest", "alerts")
            self._matcher.wait_for_log("started")
            self._feeder.feed(self._matcher)
        for number, deliverer in enumerate(self._deliverers):
            if deliverer is None or not deliverer.is_alive:
                self._deliverers[number] = started = self._house.start("deliver")
                started.wait_for_log("started")

    def _kill(self, daemon: Daemon | None) -> None:
        if daemon is not None:
            daemon.process.kill()
            daemon.wait()

    def _matcher_dies(self) -> None:
        self._kill(self._matcher)

    def _matcher_dies_at(self, place: Failpoint) -> None:
        self._kill(self._matcher)
        self._matcher = self._house.start("ingest", "alerts", failpoint=f"{place}:{self._rng.randint(1, 3)}")
        self._feeder.feed(self._matcher)
        wait_for(lambda: self._matcher is None or not self._matcher.is_alive, _REACH_S)

    def _deliverer_dies(self) -> None:
        self._kill(self._rng.choice(self._deliverers))

    def _server_dies(self) -> None:
        self._server.restart()

    def _network_breaks(self) -> None:
        self._proxy.sever()

    def _commit_is_lost(self) -> None:
        """The next COMMIT arrives, and its answer does not."""
        cuts = self._proxy.cuts

        def is_next(said: bytes) -> bool:
            return self._proxy.cuts == cuts and b"COMMIT\0" in said

        self._proxy.cut_after = is_next
        wait_for(lambda: self._proxy.cuts > cuts, _CUT_S)
        self._proxy.cut_after = never

    def drain(self, receiver: Receiver) -> None:
        """Everybody in peace, until all that was promised is done; then they are asked to end."""
        receiver.failure_rate = 0.0
        self._keep_running()
        self._feeder.finish(_DRAIN_S)
        self._end(self._deliverers)
        self._free_leases_of_the_dead()
        self._deliverers = [None, None]
        self._keep_running()
        state, server = self._house.state, Server(self._server.url)
        wait_for(lambda: self._is_done(state, server, receiver), _DRAIN_S)
        self._end([*self._deliverers, self._matcher])

    def _is_done(self, state: Path, server: Server, receiver: Receiver) -> bool:
        with psycopg.connect(server.url, autocommit=True) as connection:
            # What waits for a later step of the webhook's schedule, as `wirewatch outbox retry` does it.
            connection.execute(
                "UPDATE deliveries SET attempt = 0, next_attempt_at = queued_at WHERE state = 'pending' "
                "AND next_attempt_at > extract(epoch FROM now() + INTERVAL '15 s') * 1000000"
            )
        return pending(state, server) == (0, 0) and receiver.taken >= self._feeder.alerts_due

    def _end(self, daemons: Sequence[Daemon | None]) -> None:
        for daemon in daemons:
            if daemon is not None and (code := daemon.end()) != 0:
                self.tally.violations.append(f"ended with {code}: {daemon.err.text()[-1000:]}")

    def _free_leases_of_the_dead(self) -> None:
        """What a minute does: nobody lives who holds one."""
        with psycopg.connect(self._server.url, autocommit=True) as connection:
            connection.execute("UPDATE deliveries SET lease_until = 0 WHERE state = 'sending'")

    def kill_all(self) -> None:
        for daemon in (self._matcher, *self._deliverers):
            if daemon is not None and daemon.is_alive:
                self._kill(daemon)


def torment(folder: Path, rounds: Sequence[str], rng: random.Random) -> tuple[Verdict, Tally]:
    """Do the rounds on a new state, drain, and check."""
    with cluster() as server, _around(server, rng) as (proxy, receiver):
        house = House(folder, receiver, proxy)
        feeder = Feeder(folder / "inbox", receiver, random.Random(rng.random()))
        with _tormenting(Tormentor(house, feeder, server, proxy, rng)) as tormentor:
            feeder.start()
            for kind in rounds:
                tormentor.do(kind)
            tormentor.drain(receiver)
        expected = articles.expected(feeder.acknowledged, {"hook": HOOK_AT_ONCE})
        received = {"hook": receiver.receptions}
        verdict = audit(house.state, expected, received, Server(server.url))
        verdict.note("pushes cut off and sent again", feeder.unanswered)
        verdict.violations += tormentor.tally.violations
        return verdict, tormentor.tally


@contextmanager
def _around(server: Cluster, rng: random.Random) -> Iterator[tuple[Proxy, Receiver]]:
    with (
        proxy_to("127.0.0.1", server.port) as proxy,
        receiving(_RATE, random.Random(rng.random())) as receiver,
    ):
        yield proxy, receiver


@contextmanager
def _tormenting(tormentor: Tormentor) -> Iterator[Tormentor]:
    try:
        yield tormentor
    finally:
        tormentor.kill_all()


def plan(rounds: int, rng: random.Random) -> list[str]:
    """Every kind as often, in random order."""
    planned = [KINDS[number % len(KINDS)] for number in range(rounds)]
    rng.shuffle(planned)
    return planned


def main() -> int:
    """Run, print the figures, say whether they add up."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    rng = random.Random(options.seed)

    def run() -> tuple[Counter[str], Verdict]:
        with tempfile.TemporaryDirectory() as folder:
            verdict, tally = torment(Path(folder), plan(options.rounds, rng), rng)
        return tally.faults, verdict

    return tell(f"{options.rounds} faults on PostgreSQL, seed {options.seed}", run)


if __name__ == "__main__":
    sys.exit(main())
