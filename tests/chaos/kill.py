"""Kills a real daemon again and again, then checks that nothing was lost: `make chaos`.

    python -m tests.chaos.kill --rounds 500 [--seed N]

Every round starts the daemon on the state the last one left and ends it by SIGKILL: at a random moment of
its work, during its start, inside the first migration of a new state, or at a named failpoint. Meanwhile
articles are pushed and dropped into folders, and the webhook they lead to refuses one request in fifty. The
last life is left in peace until everything is delivered. Then the ledger check (`tests/support/ledger.py`).
Exits 1 when anything does not add up, or a failpoint was never reached.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from alerts.outbox import Outbox
from alerts.store.database import attach_sqlite
from stream.errors import StateError
from stream.failpoint import Failpoint
from stream.sqlite.driver import connect
from stream.timing import utc_now
from tests.chaos.feeder import Feeder
from tests.chaos.place import Place
from tests.chaos.receiver import Receiver, receiving
from tests.chaos.telling import tell
from tests.support.daemon import Daemon, GoneError, Site
from tests.support.ledger import Verdict, audit, pending, unsound
from tests.support.waiting import wait_for

ALONE = tuple(place for place in Failpoint if not place.needs_company)  # the others: tests.chaos.postgres
FAILURE_RATE = 0.02
FILES = ("ingest.db", "alerts.db")
_START_S = 1.2  # about as long as a start takes: kills during it are spread over this
_WORK_S = 0.3  # how long a life works on average
_LONG_WORK_S = 4.0  # now and then long enough for worker processes to start and normalise
_MIGRATION_S = 0.02
_REACH_S = 20.0
_DRAIN_S = 180.0
_SOON = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Round:
    """What is done to one life: `kind` is work, long, start, new or the name of a failpoint."""

    kind: str
    nth: int = 1


@dataclass(slots=True)
class Tally:
    """What was done, by kind; and what was wrong with single rounds."""

    kills: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    asked_again: int = 0
    torn_lines: int = 0
    half_made: int = 0


def plan(rounds: int, rng: random.Random) -> list[Round]:
    """Every failpoint, new states, starts and ordinary work, in random order; at least one of each kind."""
    each = max(1, rounds // 50)
    named = [Round(name, rng.randint(1, 4)) for name in ALONE for _ in range(each)]
    others = [
        *[Round("new")] * max(1, rounds // 25),
        *[Round("start")] * max(1, rounds // 8),
        *[Round("long")] * max(1, rounds // 25),
    ]
    work = [Round("work")] * max(1, rounds - len(named) - len(others))
    planned = [*named, *others, *work]
    rng.shuffle(planned)
    return planned


class Tormentor:
    """Does the rounds, one after the other."""

    def __init__(self, place: Place, feeder: Feeder, rng: random.Random) -> None:
        self._place = place
        self._feeder = feeder
        self._rng = rng
        self.tally = Tally()

    def do(self, one: Round) -> None:
        """One life and its end."""
        if one.kind == "new":
            self._kill_on_new_state()
        elif one.kind in ALONE:
            self._die_at(one)
        else:
            self._kill_after(one.kind)
        self.tally.kills[one.kind] += 1

    def _kill_after(self, kind: str) -> None:
        daemon = self._place.start()
        self._feeder.feed(daemon)
        if kind == "long":
            self._feeder.drop_raw()
        if kind == "start":
            _kill_in(daemon, self._rng.uniform(0, _START_S))
            return
        self._expect(daemon, "started")
        mean_s = _LONG_WORK_S if kind == "long" else _WORK_S
        _kill_in(daemon, self._rng.expovariate(1 / mean_s))

    def _die_at(self, one: Round) -> None:
        daemon = self._place.start(f"{one.kind}:{one.nth}")
        self._feeder.feed(daemon)
        if _ends_within(daemon, _REACH_S):
            self._must_be_killed(daemon, f"{one.kind}:{one.nth}")
            return
        self.tally.violations.append(f"{one.kind}:{one.nth} was not reached in {_REACH_S:g} s")
        _kill_in(daemon, 0)

    def _kill_on_new_state(self) -> None:
        """A new state is killed while it is made, and must then come up as if nothing had been."""
        with tempfile.TemporaryDirectory(dir=self._place.site.folder) as folder:
            site = Site(Path(folder))
            for name in ("watchlists/chaos.yaml", "themes/military.yaml"):
                site.write(name, (self._place.site.config / name).read_text())
            site.write("routes.yaml", "sinks: {out: {kind: console}}\ndefault: [out]\n")
            site.write("sources.yaml", "sources: []\n")
            self._kill_while_made(site)
            daemon = site.start()
            self._expect(daemon, "started")
            _kill_in(daemon, 0)
            for name in FILES:
                self.tally.violations += unsound(site.state / name)

    def _kill_while_made(self, site: Site) -> None:
        """Kill just after one of the two files has appeared: its tables are being made then."""
        file = site.state / self._rng.choice(FILES)
        daemon = site.start()
        wait_for(lambda: file.exists() or not daemon.is_alive)
        _kill_in(daemon, self._rng.expovariate(1 / _MIGRATION_S))
        self.tally.half_made += not is_made(site.state / "alerts.db")

    def _expect(self, daemon: Daemon, sentence: str) -> None:
        try:
            daemon.wait_for_log(sentence)
        except GoneError as error:
            self.tally.violations.append(f"a start failed: {error}")

    def _must_be_killed(self, daemon: Daemon, what: str) -> None:
        if daemon.wait() != -signal.SIGKILL:
            self.tally.violations.append(f"{what}: ended with {daemon.wait()}: {daemon.err.text()[-500:]}")


def _ends_within(daemon: Daemon, seconds: float) -> bool:
    try:
        daemon.process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _kill_in(daemon: Daemon, seconds: float) -> None:
    _ends_within(daemon, seconds)
    daemon.process.kill()
    daemon.wait()


def is_made(path: Path) -> bool:
    """Whether a database of alerts has all its tables."""
    try:
        attach_sqlite(path).close()
    except StateError:
        return False
    return True


def drain(place: Place, feeder: Feeder, receiver: Receiver, tally: Tally) -> None:
    """The last life, undisturbed: everything that was promised is done, then it is asked to end.

    What waits for a later step of the webhook's schedule (5 s, 5 min, 30 min …) is asked for again as
    `wirewatch outbox retry` does.
    """
    receiver.failure_rate = 0.0
    daemon = place.start()
    feeder.feed(daemon)
    feeder.finish(_DRAIN_S)

    def is_done() -> bool:
        tally.asked_again += _ask_again(place.site.state)
        return pending(place.site.state) == (0, 0) and receiver.taken >= feeder.alerts_due

    wait_for(is_done, _DRAIN_S)
    code = daemon.end()
    if code != 0:
        tally.violations.append(f"the last life ended with {code}: {daemon.err.text()[-1000:]}")


def _ask_again(state: Path) -> int:
    """Queue anew what is due later than soon; returns how many."""
    connection = connect(state / "alerts.db", busy_timeout_s=10, read_only=True)
    try:
        later = int((utc_now() + _SOON).timestamp() * 1_000_000)
        rows = connection.execute(
            "SELECT delivery_key FROM deliveries WHERE state = 'pending' AND next_attempt_at > ?", (later,)
        ).fetchall()
    finally:
        connection.close()
    if not rows:
        return 0
    database = attach_sqlite(state / "alerts.db")
    try:
        return sum(Outbox(database).retry(str(row[0]), utc_now()) for row in rows)
    finally:
        database.close()


def torment(folder: Path, rounds: Sequence[Round], rng: random.Random) -> tuple[Verdict, Tally]:
    """Do the rounds in a new folder, drain, and check."""
    with receiving(FAILURE_RATE, random.Random(rng.random())) as receiver:
        place = Place(folder, receiver)
        feeder = Feeder(place.inbox, receiver, random.Random(rng.random()))
        tormentor = Tormentor(place, feeder, rng)
        feeder.start()
        for number, one in enumerate(rounds, 1):
            tormentor.do(one)
            if number % 25 == 0:
                sys.stderr.write(f"{number} rounds, {receiver.taken} alerts taken\n")
        drain(place, feeder, receiver, tormentor.tally)
        written, tormentor.tally.torn_lines = place.written()
        received = {"hook": receiver.receptions, "file": written}
        verdict = audit(place.site.state, place.expected(feeder.acknowledged), received)
        verdict.none("hook: without a valid signature", range(receiver.unsigned))
        verdict.note("pushes cut off and sent again", feeder.unanswered)
    verdict.violations += tormentor.tally.violations
    return verdict, tormentor.tally


def done(tally: Tally) -> dict[str, int]:
    """What was done, by kind, and what else was counted on the way."""
    return {
        **tally.kills,
        "new states killed before the tables were made": tally.half_made,
        "lines of the file sink torn by a kill": tally.torn_lines,
        "deliveries asked for again by hand": tally.asked_again,
    }


def main() -> int:
    """Run, print the figures, say whether they add up."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    rng = random.Random(options.seed)

    def run() -> tuple[dict[str, int], Verdict]:
        with tempfile.TemporaryDirectory() as folder:
            verdict, tally = torment(Path(folder), plan(options.rounds, rng), rng)
        return done(tally), verdict

    return tell(f"{options.rounds} kills of one process, seed {options.seed}", run)


if __name__ == "__main__":
    sys.exit(main())
