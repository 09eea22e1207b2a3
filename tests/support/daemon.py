"""A real daemon as a subprocess: configured, started, watched line by line, asked over HTTP, ended."""

import json
import signal
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tests.support.command import clean_environment, installed
from tests.support.waiting import wait_for

DEADLINE_S = 30.0


class Lines:
    """What a process says on one stream, kept; others may wait for a line."""

    def __init__(self, stream: IO[str]) -> None:
        self._lines: list[str] = []
        self._news = threading.Condition()
        self._has_ended = False
        self._thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._thread.start()

    def _read(self, stream: IO[str]) -> None:
        for line in stream:
            self._add(line)
        with self._news:
            self._has_ended = True
            self._news.notify_all()
        stream.close()

    def _add(self, line: str) -> None:
        with self._news:
            self._lines.append(line.rstrip("\n"))
            self._news.notify_all()

    @property
    def all(self) -> list[str]:
        """Every line until now."""
        with self._news:
            return list(self._lines)

    def text(self) -> str:
        """Everything said until now."""
        return "\n".join(self.all)

    def wait(self, wanted: Callable[[str], bool], timeout_s: float = DEADLINE_S) -> str:
        """The first line that is wanted; raises GoneError when the stream ends or time is up without it."""
        with self._news:
            self._news.wait_for(lambda: self._has_ended or any(map(wanted, self._lines)), timeout_s)
            for line in self._lines:
                if wanted(line):
                    return line
            said = "\n".join(self._lines[-30:])
            raise GoneError(f"{'it ended' if self._has_ended else 'time was up'}; it said:\n{said}")

    def join(self, timeout_s: float = DEADLINE_S) -> None:
        """Wait for the end of the stream."""
        self._thread.join(timeout_s)


class GoneError(Exception):
    """What was waited for did not come."""


@dataclass(frozen=True)
class Answer:
    """What an HTTP request came to."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


class Daemon:
    """One process. `out` and `err` are what it says; it is killed when the block that started it ends."""

    def __init__(self, environment: Mapping[str, str], folder: Path, arguments: Sequence[str] = ()) -> None:
        self.process = subprocess.Popen(
            [*installed(), "run", *arguments],
            env=clean_environment({"PYTHONUNBUFFERED": "1", **environment}),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.out = Lines(self.process.stdout)
        self.err = Lines(self.process.stderr)

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def wait_for_log(self, sentence: str, timeout_s: float = DEADLINE_S) -> dict[str, Any]:
        """The first log record with this sentence."""
        line = self.err.wait(lambda line: _record(line).get("event") == sentence, timeout_s)
        return _record(line)

    def logged(self, sentence: str) -> list[dict[str, Any]]:
        """Every log record with this sentence until now."""
        return [found for line in self.err.all if (found := _record(line)).get("event") == sentence]

    def url(self, path: str) -> str:
        """The address of a page; waits until the daemon listens."""
        return str(self.wait_for_log("listening")["url"]).rstrip("/") + path

    def get(self, path: str) -> Answer:
        return _ask(urllib.request.Request(self.url(path)))

    def push(self, articles: Any, token: str | None = None) -> Answer:
        return self.push_encoded(json.dumps(articles).encode(), token)

    def push_encoded(self, body: bytes, token: str | None = None) -> Answer:
        headers = {"content-type": "application/json"}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        return _ask(urllib.request.Request(self.url("/v1/articles"), body, headers))

    def metric(self, name: str) -> float | None:
        """One sample of /metrics, named as there, labels included."""
        for line in self.get("/metrics").text.splitlines():
            if line.startswith(name + " "):
                return float(line.rpartition(" ")[2])
        return None

    def wait_until_ready(self, timeout_s: float = DEADLINE_S) -> None:
        self.url("/")
        wait_for(lambda: self.get("/readyz").status == 200, timeout_s)

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait(self, timeout_s: float = DEADLINE_S) -> int:
        """Its exit code, once all it said has been read; negative: the signal that killed it."""
        code = self.process.wait(timeout_s)
        self.out.join()
        self.err.join()
        return code

    def end(self, number: signal.Signals = signal.SIGTERM, timeout_s: float = DEADLINE_S) -> int:
        self.send(number)
        return self.wait(timeout_s)


class Site:
    """A folder with a configuration of the test's own, and the state that daemons leave there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "config"
        self.state = folder / "state"
        for part in ("watchlists", "themes"):
            (self.config / part).mkdir(parents=True, exist_ok=True)

    def write(self, name: str, text: str) -> Path:
        """Replace a file of the configuration, as an editor that saves by renaming does."""
        path = self.config / name
        partial = path.with_name(f".{path.name}.tmp")
        partial.write_text(text, encoding="utf-8")
        return partial.replace(path)

    @contextmanager
    def running(self, *arguments: str, **environment: str) -> Iterator[Daemon]:
        """Run a daemon on this site on a free port until the block ends; then it is killed if it lives."""
        daemon = self.start(*arguments, **environment)
        try:
            yield daemon
        finally:
            daemon.process.kill()
            daemon.wait()

    def start(self, *arguments: str, **environment: str) -> Daemon:
        """Start a daemon that the caller ends."""
        own = {
            "WIREWATCH_CONFIG_DIR": str(self.config),
            "WIREWATCH_STATE_DIR": str(self.state),
            "WIREWATCH_WEB__PORT": "0",
        }
        return Daemon({**own, **environment}, self.folder, arguments)


def _record(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _ask(request: urllib.request.Request) -> Answer:
    try:
        with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:
            return Answer(answer.status, answer.read(), dict(answer.headers))
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.read(), dict(error.headers))
