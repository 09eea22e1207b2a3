"""Steps the clock of a working daemon: `python -m tests.chaos.clock`.

By libfaketime, whose offset is read anew at each call; clocks that nobody can set go on as they do. Each step
is made twice: for some seconds, then for good. Right after it the webhook refuses a few requests, so that the
sink is paused and retries are planned by the clock that has just been stepped. All the while articles are
pushed and a feed is polled. In the end everything must have been delivered, with no dead letter, and neither
polls nor deliveries may have paused for longer than they do without a step.
"""

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from alerts.schedule import PAUSE_AFTER_FAILURES
from stream.clock import HOLD_S
from tests.chaos import articles
from tests.chaos.hooked import configure
from tests.chaos.receiver import SECRET, Receiver, receiving
from tests.chaos.telling import tell
from tests.chaos.wire import Wire, publishing
from tests.support.daemon import Daemon, Site
from tests.support.ledger import Verdict, asking, audit
from tests.support.waiting import wait_for

HOUR_S, DAY_S = 3_600, 86_400
STEPS_S = (600, -600, HOUR_S, -HOUR_S, DAY_S, -DAY_S, 30 * DAY_S)
INTERVAL_S = 2.0
LONGEST_GAP_S = 15.0  # a busy machine needs some; without a poll until the clock is back, it would be longer
_POLLS_FIRST = 3
LONGEST_STALL_S = 30.0  # a pause of the sink is 17 s, and its first retry comes after 6
_REFUSED = PAUSE_AFTER_FAILURES
_ROUTES = """
sinks:
  hook: {{kind: webhook, url: "{url}", secrets: ["{secret}"], concurrency: 1}}
default: [hook]
"""  # one at a time, so that no more are refused than make one pause
_BRIEFLY_S, _AFTER_S, _FOR_GOOD_S, _DRAIN_S = 10.0, 30.0, HOLD_S + 25.0, 120.0  # a pause takes 15
_TICK_S = 0.25
_LIBRARIES = "/usr/lib/*/faketime/libfaketimeMT.so.1"


@dataclass(frozen=True, slots=True)
class Step:
    """`stays`: it is not taken back."""

    by_s: int
    stays: bool


def plan() -> list[Step]:
    """Each step for some seconds, then for good."""
    return [Step(by_s, stays) for by_s in STEPS_S for stays in (False, True)]


def library() -> Path | None:
    """Where libfaketime is; None without it."""
    if shutil.which("faketime") is None:
        return None
    return next(iter(Path("/").glob(_LIBRARIES.lstrip("/"))), None)


class FakeClock:
    """The time of day of processes that have `environment`."""

    def __init__(self, folder: Path, preloaded: Path) -> None:
        self._file = folder / "clock"
        self._offset_s = 0
        self.step(0)
        self.environment = {
            "LD_PRELOAD": str(preloaded),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "PYTHONFAULTHANDLER": "1",
        }

    def step(self, by_s: int) -> None:
        self._offset_s += by_s
        partial = self._file.with_suffix(".tmp")
        partial.write_text(f"{self._offset_s:+d}")
        partial.replace(self._file)


class Load:
    """Pushes articles, and notes for how long no alert came."""

    def __init__(self, daemon: Daemon, receiver: Receiver) -> None:
        self._daemon = daemon
        self._receiver = receiver
        self._pause = threading.Event()
        self._moved_s = time.monotonic()
        self._taken = 0
        self._next = 1
        self._refusing_until = 0
        self.acknowledged: list[int] = []
        self.longest_stall_s = 0.0
        self.unready = 0

    def refuse_some(self) -> None:
        """Have the webhook refuse the next few requests."""
        self._refusing_until = self._refused() + _REFUSED
        self._receiver.failure_rate = 1.0

    def go_on(self, seconds: float) -> None:
        """Work under load for a time."""
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            self.tick(pushes=1)

    def tick(self, pushes: int) -> None:
        numbers = list(range(self._next, self._next + pushes))
        if numbers and self._daemon.push([articles.finished(number) for number in numbers]).status == 202:
            self.acknowledged += numbers
            self._next += pushes
        if self._refused() >= self._refusing_until:
            self._receiver.failure_rate = 0.0
        self.unready += self._daemon.get("/readyz").status != 200
        self._note()
        self._pause.wait(_TICK_S)

    def _refused(self) -> int:
        return sum(not one.is_taken for one in self._receiver.receptions)

    def _note(self) -> None:
        now_s = time.monotonic()
        if self._receiver.taken > self._taken:
            self._taken, self._moved_s = self._receiver.taken, now_s
        self.longest_stall_s = max(self.longest_stall_s, now_s - self._moved_s)


def torment(folder: Path, steps: Sequence[Step], preloaded: Path) -> tuple[Verdict, dict[str, float]]:
    """Make the steps, drain, and check."""
    site, clock = Site(folder), FakeClock(folder, preloaded)
    with receiving(0.0, random.Random(1)) as receiver, publishing() as wire:
        configure(site, None)
        site.write("sources.yaml", _sources(wire))
        site.write("routes.yaml", _ROUTES.format(url=receiver.url(1), secret=SECRET))
        with site.running(WIREWATCH_NET__ALLOW='["127.0.0.0/8"]', **clock.environment) as daemon:
            daemon.wait_until_ready(60)
            load = Load(daemon, receiver)
            wait_for(lambda: wire.polls > _POLLS_FIRST, 60)
            wire.count_from_now()
            for step in steps:
                _make(step, clock, load)
            wire.end()
            expected = articles.expected([*load.acknowledged, *wire.numbers], {"hook": 1})
            _drain(load, receiver, len(expected.sent))
            code = _end(daemon)
        verdict = audit(site.state, expected, {"hook": receiver.receptions})
        with asking(site.state) as ask:
            verdict.none("dead letters", [row[0] for row in ask("SELECT reason FROM dead_letters")])
        verdict.violations += [] if code == 0 else [f"ended with {code}: {daemon.err.text()[-4000:]}"]
    _judge(verdict, wire, load)
    return verdict, {
        "steps": len(steps),
        "polls": wire.polls,
        "longest time without a poll, s": round(wire.longest_gap_s(), 2),
        "longest time without an alert taken, s": round(load.longest_stall_s, 2),
        "requests refused": sum(not one.is_taken for one in receiver.receptions),
        "looks at /readyz that were not 200": load.unready,
    }


def _sources(wire: Wire) -> str:
    return f"sources:\n  - {{id: wire, kind: feed, url: '{wire.url}', interval_s: {INTERVAL_S}}}\n"


def _make(step: Step, clock: FakeClock, load: Load) -> None:
    sys.stderr.write(f"{step.by_s:+d} s {'for good' if step.stays else 'briefly'}\n")
    clock.step(step.by_s)
    load.refuse_some()
    load.go_on(_FOR_GOOD_S if step.stays else _BRIEFLY_S)
    if not step.stays:
        clock.step(-step.by_s)
        load.go_on(_AFTER_S)


def _end(daemon: Daemon) -> int:
    """Its exit code; where it hangs, it says where before it is ended."""
    daemon.send(signal.SIGTERM)
    try:
        return daemon.wait()
    except subprocess.TimeoutExpired:
        return daemon.end(signal.SIGABRT)


def _drain(load: Load, receiver: Receiver, alerts: int) -> None:
    until_s = time.monotonic() + _DRAIN_S
    while receiver.taken < alerts and time.monotonic() < until_s:
        load.tick(pushes=0)


def _judge(verdict: Verdict, wire: Wire, load: Load) -> None:
    gap_s, stall_s = wire.longest_gap_s(), load.longest_stall_s
    if gap_s > LONGEST_GAP_S:
        verdict.violations.append(f"no poll for {gap_s:.1f} s, at {INTERVAL_S:g} s between two")
    if stall_s > LONGEST_STALL_S:
        verdict.violations.append(f"no alert was taken for {stall_s:.1f} s")
    verdict.none("looks at /readyz that said no", range(load.unready))


def main() -> int:
    """Run, print the figures, say whether they add up."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    preloaded = library()
    if preloaded is None:
        sys.stderr.write("no libfaketime here: install the package 'faketime'\n")
        return 1

    def run() -> tuple[dict[str, float], Verdict]:
        with tempfile.TemporaryDirectory() as folder:
            verdict, figures = torment(Path(folder), plan(), preloaded)
        return figures, verdict

    return tell(f"{len(plan())} steps of the clock", run)


if __name__ == "__main__":
    sys.exit(main())
