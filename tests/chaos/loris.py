"""Connections that begin a request and never end it: `python -m tests.chaos.loris --connections 500`.

A byte now and then on each, and whatever the server closes is opened anew. Meanwhile /healthz and /metrics
are asked, articles are pushed and their alerts delivered; then everything is drained and the ledger checked.
"""

import argparse
import itertools
import random
import resource
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos import articles
from tests.chaos.hooked import HOOK_AT_ONCE, configure, lead_to_hook
from tests.chaos.receiver import Receiver, receiving
from tests.chaos.telling import tell
from tests.support.daemon import Daemon, Site
from tests.support.halfopen import HalfOpen, half_open
from tests.support.ledger import Verdict, audit
from tests.support.waiting import wait_for

WITHIN_S = 1.0
_MOST_LOG_BYTES = 100_000
_FILES = 1024
_DRIP_EVERY_S = 1.0
_PARTS = 20  # clients do not send in step
_PROBE_EVERY_S = 0.2
_DRAIN_S = 60.0


@dataclass
class Heard:
    """How long each request took, in seconds, by what was asked; and every wrong answer."""

    took_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)
    pushed: list[int] = field(default_factory=list)

    def ask(self, daemon: Daemon, path: str) -> None:
        """Ask for a page that must come."""
        self._note(path, 200, lambda: daemon.get(path).status)

    def push(self, daemon: Daemon) -> None:
        """Push the next article."""
        number = len(self.pushed) + 1
        if self._note("push", 202, lambda: daemon.push(articles.raw(number)).status):
            self.pushed.append(number)

    def _note(self, what: str, wanted: int, request: Callable[[], int]) -> bool:
        began_s = time.monotonic()
        try:
            status: int | str = request()
        except OSError as error:
            status = repr(error)
        self.took_s[what].append(time.monotonic() - began_s)
        if status != wanted:
            self.wrong.append(f"{what}: {status}")
        return status == wanted

    def figures(self) -> dict[str, float]:
        """The count, the 99th percentile and the longest of each."""
        found: dict[str, float] = {}
        for what, took_s in self.took_s.items():
            slowest = sorted(took_s)
            found[f"{what}: asked"] = len(slowest)
            found[f"{what}: p99, ms"] = round(slowest[int(len(slowest) * 0.99)] * 1000, 1)
            found[f"{what}: longest, ms"] = round(slowest[-1] * 1000, 1)
        return found


def torment(
    folder: Path, duration_s: float, connections: int, within_s: float = WITHIN_S
) -> tuple[dict[str, float], Verdict]:
    """Hold the connections for a time, then end them, drain, and check.

    Health and metrics must answer `within_s`.
    """
    site, heard = Site(folder), Heard()
    configure(site, None)
    with receiving(0.0, random.Random(0)) as receiver:
        lead_to_hook(site, receiver.url(1))
        with site.running(WIREWATCH_NET__ALLOW='["127.0.0.0/8"]') as daemon:
            _confine(daemon)
            daemon.wait_until_ready()
            with half_open(daemon.url("/"), connections) as slow:
                figures = _hold(daemon, slow, heard, duration_s)
            wait_for(lambda: _has_arrived(heard, receiver), _DRAIN_S)
            code = daemon.end()
            said = daemon.err.text()
        expected = articles.expected(heard.pushed, {"hook": HOOK_AT_ONCE})
        verdict = audit(site.state, expected, {"hook": receiver.receptions})
    _judge(heard, verdict, within_s)
    if code:
        verdict.violations.append(f"it ended with {code}")
    if len(said) > _MOST_LOG_BYTES:
        verdict.violations.append(f"{len(said)} bytes of log")
    return {**figures, **heard.figures(), "log, bytes": len(said)}, verdict


def _confine(daemon: Daemon) -> None:
    """As many files as a service has where nobody raised the limit."""
    resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, (_FILES, _FILES))


def _hold(daemon: Daemon, slow: HalfOpen, heard: Heard, duration_s: float) -> dict[str, float]:
    ends_at, stop = time.monotonic() + duration_s, threading.Event()
    probes: tuple[Callable[[], None], ...] = (
        lambda: heard.ask(daemon, "/healthz"),
        lambda: heard.ask(daemon, "/metrics"),
        lambda: heard.push(daemon),
    )
    threads = [threading.Thread(target=_repeat, args=(probe, stop)) for probe in probes]
    with ExitStack() as ending:
        for thread in threads:
            thread.start()
            ending.callback(thread.join)
        ending.callback(stop.set)
        held = [slow.held]
        for turn in itertools.count():
            next_at = time.monotonic() + _DRIP_EVERY_S / _PARTS
            slow.drip(turn % _PARTS, _PARTS)
            if turn % _PARTS == 0:
                held.append(slow.held)
            if time.monotonic() > ends_at:
                break
            stop.wait(max(0.0, next_at - time.monotonic()))
    return {
        "half-open connections, tried": len(slow.begun),
        "half-open connections, held by the server at most": max(held),
        "half-open connections, opened anew": slow.reopened,
    }


def _repeat(probe: Callable[[], None], stop: threading.Event) -> None:
    while not stop.wait(_PROBE_EVERY_S):
        probe()


def _has_arrived(heard: Heard, receiver: Receiver) -> bool:
    return receiver.taken >= len(articles.expected(heard.pushed, {}).sent)


def _judge(heard: Heard, verdict: Verdict, within_s: float) -> None:
    verdict.none("wrong answers", heard.wrong)
    late = [
        f"{what}: {took_s:.2f} s"
        for what in ("/healthz", "/metrics")
        for took_s in heard.took_s[what]
        if took_s > within_s
    ]
    verdict.none("late answers", late)


def main() -> int:
    """Run, print the figures, say whether they add up."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--connections", type=int, default=500)
    options = parser.parse_args()

    def run() -> tuple[dict[str, float], Verdict]:
        with tempfile.TemporaryDirectory() as folder:
            return torment(Path(folder), options.minutes * 60, options.connections)

    return tell(f"slow loris, {options.connections} connections", run)


if __name__ == "__main__":
    sys.exit(main())
