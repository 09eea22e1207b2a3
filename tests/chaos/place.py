"""The site that is tormented: its configuration, a life number for every process, and what its sinks got."""

import json
from pathlib import Path

from tests.chaos import articles
from tests.chaos.hooked import HOOK_AT_ONCE, configure
from tests.chaos.receiver import SECRET, Receiver
from tests.support.daemon import Daemon, Site
from tests.support.ledger import Expected, Reception
from wirewatch.wiring.sinks import _LOCAL_SENDS

_ROUTES = """
sinks:
  hook: {{kind: webhook, url: "{url}", secrets: ["{secret}"], concurrency: {at_once}}}
  file: {{kind: file, path: "{path}"}}
default: [hook, file]
"""


class Place:
    """A site whose every process posts to an address, and writes to a file, that carries its number.

    So a repeat can be told by who sent it, and when.
    """

    def __init__(self, folder: Path, receiver: Receiver) -> None:
        self.site = Site(folder)
        self.inbox = folder / "inbox"
        self._out = folder / "out"
        self._out.mkdir()
        self._receiver = receiver
        self.life = 0
        configure(self.site, self.inbox)

    def start(self, failpoint: str = "") -> Daemon:
        """Start the next life."""
        self.life += 1
        routes = _ROUTES.format(
            url=self._receiver.url(self.life),
            secret=SECRET,
            at_once=HOOK_AT_ONCE,
            path=self._out / f"{self.life}.jsonl",
        )
        self.site.write("routes.yaml", routes)
        # The guard that keeps webhooks off this machine's own services must let the receiver through.
        return self.site.start(
            WIREWATCH_NET__ALLOW='["127.0.0.0/8"]',
            WIREWATCH_FAILPOINT=failpoint,
            WIREWATCH_LOG__LEVEL="info",
        )

    def written(self) -> tuple[list[Reception], int]:
        """What the file sink got, by life; and how many lines a kill tore."""
        found: list[Reception] = []
        torn = 0
        for life in range(1, self.life + 1):
            path = self._out / f"{life}.jsonl"
            for line in path.read_bytes().splitlines() if path.exists() else []:
                reception = _reception(line, life)
                if reception is None:
                    torn += 1
                else:
                    found.append(reception)
        return found, torn

    def expected(self, numbers: list[int]) -> Expected:
        """What must have come of these articles."""
        return articles.expected(numbers, {"hook": HOOK_AT_ONCE, "file": _LOCAL_SENDS})


def _reception(line: bytes, life: int) -> Reception | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    data = found["data"]
    return Reception(found["delivery_key"], data["rule"]["id"], data["article"]["url"], life)
