"""The file of ingest is lost or put back from a backup under split roles: `python -m tests.chaos.lost_log`.

Every round: 100 articles are pushed and matched, a backup having been made after the first 30; then the file
is removed, or it, or the alerts', or both, are put back, and the roles start again in one of the orders.
Then 120 more are pushed (`alerts late`: before the alerts role is there), each of which must be matched
once, and nothing that was matched before again.
Exits 1 when one round does not add up.
"""

import argparse
import contextlib
import itertools
import json
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.hooked import configure
from tests.support.command import spawn
from tests.support.daemon import Daemon, Site
from tests.support.waiting import wait_for

BEFORE, SAVED, AFTER = 100, 30, 120
LOSSES = ("removed", "ingest put back", "alerts put back", "both put back")
ORDERS = ("ingest first", "alerts first", "alerts stay", "ingest stays", "alerts late")

_SENTENCE = "Iran and Turkey agree to increase military cooperation."
_SETTLE_S = 60.0


@dataclass(frozen=True, slots=True)
class Round:
    """What happens to the files, and who is started again when."""

    loss: str
    order: str


def plan() -> list[Round]:
    """Every loss in every order. Files that the alerts role has open are not put back below it."""
    return [
        Round(loss, order)
        for loss, order in itertools.product(LOSSES, ORDERS)
        if order != "alerts stay" or loss in {"removed", "ingest put back"}
    ]


class SplitHouse:
    """A site with ingest in one process, alerts and deliver in another, and a file for a desk."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.desk = site.folder / "desk.jsonl"
        self._saved = site.folder / "saved"
        self._serial = itertools.count()
        self.ingest: Daemon | None = None
        self.alerts: Daemon | None = None
        site.write("routes.yaml", f"sinks:\n  desk: {{kind: file, path: {self.desk}}}\ndefault: [desk]\n")

    def delivered(self) -> Counter[str]:
        """How often each article's alert was delivered."""
        lines = self.desk.read_text().splitlines() if self.desk.exists() else []
        return Counter(json.loads(line)["data"]["article"]["url"] for line in lines)

    def push(self, count: int) -> list[str]:
        """Push new articles in one request that is answered 202; return their addresses."""
        numbers = [next(self._serial) for _ in range(count)]
        articles = [
            {
                "url": f"https://news.example.org/{number}",
                "title": f"Talks, day {number}",
                "text": f"It was day {number} of the talks. {_SENTENCE}",
                "language": "en",
            }
            for number in numbers
        ]
        assert self.ingest is not None
        answer = self.ingest.push(articles)
        assert answer.status == 202, answer.text
        return [str(article["url"]) for article in articles]

    def match(self, urls: Sequence[str]) -> None:
        """Wait until these have been delivered."""
        wait_for(lambda: self.delivered().keys() >= set(urls), _SETTLE_S)

    def save(self) -> None:
        """Make a backup, as the operator does."""
        environment = {
            "WIREWATCH_CONFIG_DIR": str(self.site.config),
            "WIREWATCH_STATE_DIR": str(self.site.state),
        }
        assert spawn("backup", str(self._saved), cwd=self.site.folder, env=environment).code == 0

    def lose(self, loss: str) -> None:
        """Do to the files what an accident or an operator does."""
        for name in {"removed": ("ingest",), "both put back": ("ingest", "alerts")}.get(
            loss, (loss.split(maxsplit=1)[0],)
        ):
            for end in ("", "-wal", "-shm"):
                (self.site.state / f"{name}.db{end}").unlink(missing_ok=True)
            if loss != "removed":
                shutil.copyfile(self._saved / f"{name}.db", self.site.state / f"{name}.db")

    def start_ingest(self) -> None:
        self.ingest = self.site.start("ingest")
        self.ingest.wait_for_log("started")

    def start_alerts(self) -> None:
        """Start it; where there is no log yet it ends with 75, and is started again as by systemd."""
        self.alerts = self.site.start("alerts", "deliver")

    def wait_for_alerts(self, *, is_refused: bool) -> None:
        """Wait until it has started, or has ended because there is no log yet."""
        assert self.alerts is not None
        if is_refused:
            assert self.alerts.wait() == 75, self.alerts.err.text()
        else:
            self.alerts.wait_for_log("started")

    def tend_alerts(self) -> None:
        """Do as a service manager: start again who has ended to be started again."""
        if self.alerts is not None and not self.alerts.is_alive:
            assert self.alerts.wait() == 75, self.alerts.err.text()
            self.start_alerts()
        assert self.alerts is not None
        self.alerts.wait_for_log("started")

    def end(self, *names: str) -> None:
        """End processes, as the operator does."""
        for name in names:
            daemon: Daemon | None = getattr(self, name)
            if daemon is not None and daemon.is_alive:
                daemon.end(signal.SIGTERM)

    def kill(self) -> None:
        for daemon in (self.ingest, self.alerts):
            if daemon is not None:
                daemon.process.kill()
                daemon.wait()


def hurt(house: SplitHouse, one: Round) -> list[str]:
    """Lose the files, bring the roles back in the order of the round, and push; returns what was pushed."""
    stays = {"alerts stay": "alerts", "ingest stays": "ingest"}.get(one.order)
    house.end(*({"ingest", "alerts"} - {stays}))
    house.lose(one.loss)
    if one.order == "ingest stays" and one.loss != "alerts put back":
        assert house.ingest is not None
        assert house.ingest.wait() == 75, "it ends by itself, to be started again"
    if one.order == "alerts first":
        house.start_alerts()
        house.wait_for_alerts(is_refused=one.loss == "removed")
    if house.ingest is None or not house.ingest.is_alive:
        house.start_ingest()
    late = house.push(AFTER) if one.order == "alerts late" else []
    if one.order in {"ingest first", "ingest stays", "alerts late"}:
        house.start_alerts()
    house.tend_alerts()
    return late or house.push(AFTER)


def do(house: SplitHouse, one: Round) -> list[str]:
    """One round; returns what did not add up."""
    early = house.push(SAVED)
    house.match(early)
    house.save()
    house.match(house.push(BEFORE - SAVED))
    before = house.delivered()
    late = hurt(house, one)
    with contextlib.suppress(AssertionError):  # told below, with figures
        house.match(late)
    found = house.delivered()
    missing = [url for url in late if not found[url]]
    again = [url for url, times in found.items() if times > max(1, before[url])]
    if one.loss in {"alerts put back", "both put back"}:  # what was raised after the backup is raised again
        again = [url for url in again if url in late or url in early]
    name = f"{one.loss}, {one.order}"
    problems = [f"{name}: {len(missing)} of {AFTER} articles were never matched"] if missing else []
    return problems + ([f"{name}: {len(again)} alerts came twice"] if again else [])


def torment(site: Site, rounds: Sequence[Round]) -> list[str]:
    """Do the rounds, one after the other on one state; returns what did not add up."""
    house = SplitHouse(site)
    house.start_ingest()
    house.start_alerts()
    house.tend_alerts()
    try:
        return [problem for one in rounds for problem in do(house, one)]
    finally:
        house.kill()


def main() -> int:
    """Run, and say whether it adds up."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    rounds = plan()
    random.Random(options.seed).shuffle(rounds)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        configure(site, None)
        problems = torment(site, rounds)
    sys.stdout.write(f"== {len(rounds)} losses, seed {options.seed}, {time.monotonic() - began:.0f} s\n")
    sys.stdout.write("\n".join(f"VIOLATION {problem}" for problem in problems))
    sys.stdout.write("it does not add up\n" if problems else f"{AFTER} of {AFTER} matched in each\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
