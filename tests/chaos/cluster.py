"""The roles apart, processes of their own over one Kafka and one PostgreSQL, all of which may be killed."""

import random
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.chaos import articles
from tests.chaos.feeder import Feeder, NewFeeder
from tests.chaos.hooked import HOOK_AT_ONCE, configure, lead_to_hook
from tests.chaos.receiver import Receiver, receiving
from tests.support.command import spawn
from tests.support.daemon import Daemon, Site
from tests.support.kafka import Broker, own_broker
from tests.support.ledger import Expected
from tests.support.postgres import Cluster as Server
from tests.support.postgres import cluster as own_server
from tests.support.postgres import fresh_database
from tests.support.waiting import wait_for
from wirewatch.cli.exits import TRY_AGAIN

PARTITIONS = 8
SESSION_S = 6
FAILURE_RATE = 0.02
_DRAIN_S = 240.0
_SOON_S = 15


@dataclass(frozen=True)
class Services:
    """What the processes share, and how each of the two may be hurt."""

    broker: Broker
    server: Server
    database_url: str

    def environment(self) -> dict[str, str]:
        """The settings that lead a process there."""
        return {
            "WIREWATCH_STREAM__KAFKA__BOOTSTRAP_SERVERS": self.broker.bootstrap,
            "WIREWATCH_STREAM__KAFKA__CREATE__PARTITIONS": str(PARTITIONS),
            "WIREWATCH_STREAM__KAFKA__SESSION_TIMEOUT_S": str(SESSION_S),
            "WIREWATCH_DATABASE__URL": self.database_url,
            "WIREWATCH_NET__ALLOW": '["127.0.0.0/8"]',  # the receiver is on this machine
        }


class Member:
    """One place in the cluster: a role and a folder, and the processes that fill it one after the other."""

    def __init__(self, role: str, site: Site, cluster: "Cluster") -> None:
        self.role = role
        self.site = site
        self._cluster = cluster
        self.daemon: Daemon | None = None
        self.past: list[Daemon] = []

    @property
    def is_alive(self) -> bool:
        return self.daemon is not None and self.daemon.is_alive

    def start(self) -> Daemon:
        """Fill the place; its sinks carry the number of this life."""
        life = self._cluster.next_life()
        lead_to_hook(self.site, self._cluster.receiver.url(life))
        self.daemon = self.site.start(self.role, **self._cluster.services.environment())
        return self.daemon

    def kill(self) -> None:
        """SIGKILL, at once."""
        assert self.daemon is not None
        self.daemon.process.kill()
        self.daemon.wait()
        self.past.append(self.daemon)
        self.daemon = None

    def end(self) -> int | None:
        """SIGTERM; returns the exit code, None where nothing ran."""
        if self.daemon is None:
            return None
        code = self.daemon.end()
        self.past.append(self.daemon)
        self.daemon = None
        return code


class Cluster:
    """Members of every role, who feeds them, and what reached the sink."""

    def __init__(self, folder: Path, services: Services, receiver: Receiver, feeder: Feeder) -> None:
        self._folder = folder
        self.services = services
        self.receiver = receiver
        self.feeder = feeder
        self.members: list[Member] = []
        self.life = 0

    def next_life(self) -> int:
        self.life += 1
        return self.life

    def add(self, role: str) -> Member:
        """Make a place for one more process of a role and fill it."""
        site = Site(self._folder / f"{role}-{len(self.members)}")
        configure(site, self._folder / "inbox" if role == "ingest" else None)
        member = Member(role, site, self)
        self.members.append(member)
        self.restart(member)
        return member

    def restart(self, member: Member) -> None:
        """Fill a place again; articles go to who ingests now."""
        daemon = member.start()
        if member.role == "ingest":
            self.feeder.feed(daemon)

    def of(self, *roles: str) -> list[Member]:
        """The members of these roles."""
        return [member for member in self.members if member.role in roles]

    def tend(self) -> None:
        """Start again who gave up because the database was away, as systemd does."""
        for member in self.members:
            if member.daemon is not None and not member.is_alive:
                member.past.append(member.daemon)
                self.restart(member)

    def drain(self) -> None:
        """No more faults: everything promised is done. What waits for a later try is asked for again."""
        self.receiver.failure_rate = 0.0
        for member in self.members:
            if not member.is_alive:
                self.restart(member)
        wait_for(self._are_started, _DRAIN_S)
        self.feeder.finish(_DRAIN_S)
        wait_for(self._is_done, _DRAIN_S)

    def end(self) -> list[str]:
        """End every process in order; returns what ended badly."""
        codes = [(member.role, member.end()) for member in self.members]
        return [f"a process of role {role} ended with {code}" for role, code in codes if code]

    def kill_all(self) -> None:
        """Leave no process behind, whatever happened."""
        for member in self.members:
            with suppress(AssertionError):
                member.kill()

    def _are_started(self) -> bool:
        self.tend()
        daemons = [member.daemon for member in self.members]
        return all(daemon is not None and daemon.logged("started") for daemon in daemons)

    def _is_done(self) -> bool:
        self.tend()
        try:
            with psycopg.connect(self.services.database_url, autocommit=True) as connection:
                connection.execute(
                    "UPDATE deliveries SET next_attempt_at = 0"
                    " WHERE state = 'pending' AND next_attempt_at > %s + extract(epoch from now()) * 1000000",
                    [_SOON_S * 1_000_000],
                )
                unsettled = _count(connection, "SELECT count(*) FROM deliveries WHERE settled_at IS NULL")
                seen = _count(connection, "SELECT count(DISTINCT event_id) FROM inbox")
        except psycopg.OperationalError:
            return False
        is_matched = seen >= len(set(self.feeder.acknowledged))
        return is_matched and not unsettled and self.receiver.taken >= self.feeder.alerts_due

    def expected(self) -> Expected:
        """What must have come of the articles that were acknowledged."""
        return articles.expected(self.feeder.acknowledged, {"hook": HOOK_AT_ONCE})


@contextmanager
def running(
    folder: Path,
    rng: random.Random,
    members: Mapping[str, int],
    *,
    brokers: int = 1,
    feeder: NewFeeder = Feeder,
) -> Iterator[Cluster]:
    """Start the services and so many members of each role; nothing is left when the block ends."""
    with ExitStack() as held:
        broker = held.enter_context(own_broker(folder / "kafka", "--nodes", str(brokers)))
        server = held.enter_context(own_server())
        url = held.enter_context(fresh_database(server.url))
        receiver = held.enter_context(receiving(FAILURE_RATE, random.Random(rng.random())))
        services = Services(broker, server, url)
        made = spawn("kafka", "init", cwd=folder, env=services.environment())
        assert made.code == 0, made.err
        feeding = feeder(folder / "inbox", receiver, random.Random(rng.random()))
        cluster = Cluster(folder, services, receiver, feeding)
        held.callback(cluster.kill_all)
        for role, count in members.items():
            for _ in range(count):
                cluster.add(role)
        for member in cluster.members:
            assert member.daemon is not None
            member.daemon.wait_for_log("started")
        cluster.feeder.start()
        yield cluster


def _count(connection: psycopg.Connection[tuple[int]], statement: str) -> int:
    row = connection.execute(statement).fetchone()
    assert row is not None
    return int(row[0])


def errors_of(members: Sequence[Member]) -> list[str]:
    """The end of what processes said that neither died by our hand nor asked to be started again."""
    return [
        daemon.err.text()[-500:]
        for member in members
        for daemon in member.past
        if daemon.process.returncode not in {0, -signal.SIGKILL, -signal.SIGTERM, TRY_AGAIN}
    ]
