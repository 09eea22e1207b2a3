"""Feeds articles to whichever daemon runs: pushed until they are acknowledged, or dropped into a folder."""

import json
import os
import random
import threading
import time
import urllib.error
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Any

from tests.chaos import articles
from tests.chaos.receiver import Receiver
from tests.support.daemon import Daemon, GoneError

_PUSHED_AT_ONCE = 20
_DROPPED_AT_ONCE = 8
_DROP_SHARE = 0.15
_AGAIN_SHARE = 0.1
_AHEAD = 120  # articles acknowledged whose alerts have not arrived
_DYING_S = 0.5
_TICK_S = 0.25
_EVERY_RULE = 420  # every rule holds for its multiples, none for what is one more
_LONG_AGO = 1_700_000_000  # a file's time: one that changed just now would be left alone for a second


NewFeeder = Callable[[Path, Receiver, random.Random], "Feeder"]


class Feeder:
    """Runs in a thread of its own. What `acknowledged` holds, the service has promised to keep."""

    def __init__(self, folder: Path, receiver: Receiver, rng: random.Random) -> None:
        self._events = folder / "events"
        self._raw = folder / "raw"
        for inbox in (self._events, self._raw):
            inbox.mkdir(parents=True)
        self._receiver = receiver
        self._rng = rng
        self._turn = threading.Condition()
        self._daemon: Daemon | None = None
        self._is_ending = False
        self._next = 1
        self.acknowledged: list[int] = []
        self.unanswered = 0  # requests that a kill cut off; the same articles were sent again
        self._sent = 0  # alerts that must reach a sink
        self._thread = threading.Thread(target=self._run, name="feeder", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def feed(self, daemon: Daemon | None) -> None:
        """From now on send to this one; to nobody with None."""
        with self._turn:
            self._daemon = daemon
            self._turn.notify_all()

    def finish(self, timeout_s: float) -> None:
        """Get the last articles acknowledged, then stop; `daemon` of `feed` must live."""
        with self._turn:
            self._is_ending = True
            self._turn.notify_all()
        self._thread.join(timeout_s)
        assert not self._thread.is_alive(), "the last articles were never acknowledged"

    @property
    def alerts_due(self) -> int:
        """How many alerts must reach each sink, by what was acknowledged."""
        with self._turn:
            return self._sent

    def drop_raw(self) -> None:
        """Drop a file of articles that have to be normalised by a worker process."""
        numbers = self._numbers(3)
        self._drop(self._raw, [articles.raw(number) for number in numbers], numbers)

    def _run(self) -> None:
        while not self._is_ending:
            if self._rng.random() < _DROP_SHARE:
                numbers = self._numbers(_DROPPED_AT_ONCE)
                self._drop(self._events, [articles.finished(number) for number in numbers], numbers)
            else:
                self._push(self._numbers(_PUSHED_AT_ONCE))
            due = self.alerts_due
            while not self._is_ending and not self._receiver.wait_for_taken(due - _AHEAD, 0.2):
                pass

    def _numbers(self, at_most: int) -> list[int]:
        with self._turn:
            first = self._next
            self._next += self._rng.randint(1, at_most)
            return list(range(first, self._next))

    def _push(self, numbers: list[int]) -> None:
        """Send until it is acknowledged; now and then once more, as a client does that missed the answer."""
        body = [articles.finished(number) for number in numbers]
        while not self._is_taken(body):
            self.unanswered += 1
        self._note(numbers)
        if self._rng.random() < _AGAIN_SHARE:
            self._is_taken(body)

    def _is_taken(self, body: list[dict[str, Any]]) -> bool:
        daemon = self._wait_for_daemon()
        try:
            answer = daemon.push(body)
        except (OSError, HTTPException, urllib.error.URLError, GoneError):
            self._give_up(daemon)
            return False
        rows = answer.json()["articles"] if answer.status == 202 else []
        return len(rows) == len(body) and all(row["state"] in {"accepted", "duplicate"} for row in rows)

    def _give_up(self, daemon: Daemon) -> None:
        """It is dying, most likely: see it dead and wait for the next, or try it once more."""
        with suppress(TimeoutExpired):
            daemon.process.wait(_DYING_S)
        with self._turn:
            if self._daemon is daemon and not daemon.is_alive:
                self._daemon = None

    def _wait_for_daemon(self) -> Daemon:
        with self._turn:
            self._turn.wait_for(lambda: self._daemon is not None)
            assert self._daemon is not None
            return self._daemon

    def _drop(self, inbox: Path, bodies: list[dict[str, Any]], numbers: list[int]) -> None:
        """A file that is there in whole under its name has been handed over."""
        path = inbox / f"{numbers[0]}.jsonl"
        partial = path.with_suffix(".tmp")
        partial.write_text("\n".join(json.dumps(body) for body in bodies))
        os.utime(partial, (_LONG_AGO, _LONG_AGO))
        partial.rename(path)
        self._note(numbers)

    def _note(self, numbers: list[int]) -> None:
        with self._turn:
            self.acknowledged += numbers
            self._sent += sum(articles.is_sent(w) for n in numbers for w in articles.wanted_of(n))


class Hose(Feeder):
    """Pushes at a steady rate, whatever has arrived yet; one article in fifty raises alerts."""

    def __init__(self, folder: Path, receiver: Receiver, rng: random.Random, rate: int) -> None:
        super().__init__(folder, receiver, rng)
        self._rate = rate

    @classmethod
    def at(cls, rate: int) -> NewFeeder:
        """What makes one, at so many articles a second."""
        return lambda folder, receiver, rng: cls(folder, receiver, rng, rate)

    def _run(self) -> None:
        pause = threading.Event()
        due_s = time.monotonic()
        while not self._is_ending:
            due_s = max(due_s + _TICK_S, time.monotonic() - 1)  # late: catch up with a second, no more
            self._push(self._numbers(int(self._rate * _TICK_S)))
            pause.wait(max(0.0, due_s - time.monotonic()))

    def _numbers(self, at_most: int) -> list[int]:
        with self._turn:
            first = self._next
            self._next += at_most
            return [_EVERY_RULE * n + (n % 50 > 0) for n in range(first, self._next)]
