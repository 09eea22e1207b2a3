"""What the daemon holds: `python -m bench.memory [--rules 10000] [--events 100000]`.

A real daemon with so many rules is pushed so many events of about 4 KB; its resident memory is read before,
on the way and after. Flat means: the second half adds next to nothing to the first.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from bench.embedded import articles
from bench.goals import Goal, tell
from bench.match_world import World
from stream.event import ArticleEvent, encode
from tests.support.daemon import Daemon, Site
from tests.support.ledger import pending
from tests.support.waiting import wait_for

_PUSHED_AT_ONCE = 150
_RULES_A_FILE = 2_000
_LIMIT_MB = 300
_GROWTH_MB = 15
_START_S = 300.0


def watchlists(events: Sequence[ArticleEvent], count: int) -> Iterator[str]:
    """Rules for any of two phrases of four words, the words as common as they are in articles.

    Hardly a phrase occurs as it stands, so that few events raise an alert, as in life.
    """
    dice = random.Random(3)
    words = [word for event in events[:50] for word in event.text.replace(",", "").replace(".", "").split()]

    def phrase() -> str:
        return " ".join(dice.choices(words, k=4))

    def rule(number: int) -> str:
        when = f'{{text: {{any: ["{phrase()}", "{phrase()}"]}}}}'
        return f"  - id: rule-{number}\n    title: Rule {number}\n    when: {when}\n"

    for first in range(0, count, _RULES_A_FILE):
        numbers = range(first, min(count, first + _RULES_A_FILE))
        yield f"watchlist: bench-{first}\nowner: bench\nrules:\n{''.join(map(rule, numbers))}"


def make_site(folder: Path, files: Iterable[str]) -> Site:
    """A site without sources, whose alerts go to a file."""
    site = Site(folder)
    for number, file in enumerate(files):
        site.write(f"watchlists/bench-{number}.yaml", file)
    site.write(
        "routes.yaml", f"sinks: {{file: {{kind: file, path: {folder}/alerts.jsonl}}}}\ndefault: [file]\n"
    )
    site.write("sources.yaml", "sources: []\n")
    return site


def bodies(events: Sequence[ArticleEvent]) -> Iterator[bytes]:
    """The events as bodies of pushes."""
    for start in range(0, len(events), _PUSHED_AT_ONCE):
        yield b"[" + b",".join(map(encode, events[start : start + _PUSHED_AT_ONCE])) + b"]"


def push_all(daemon: Daemon, site: Site, events: Sequence[ArticleEvent]) -> None:
    """Push, and wait until all are matched and delivered."""
    for body in bodies(events):
        answer = daemon.push_encoded(body)
        assert answer.status == 202, answer.text
    wait_for(lambda: pending(site.state) == (0, 0), timeout_s=300)


def resident_mb(daemon: Daemon) -> float:
    """What the process holds now (Linux); finished events start no worker processes beside it."""
    status = Path(f"/proc/{daemon.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def measure(rule_count: int, event_count: int) -> dict[str, float]:
    """MB when ready, at each tenth of the events, and how long each part took."""
    base = articles(World(), 400)
    found: dict[str, float] = {}
    tenth = event_count // 10
    with tempfile.TemporaryDirectory() as folder:
        site = make_site(Path(folder), watchlists(base, rule_count))
        began = time.perf_counter()
        with site.running() as daemon:
            daemon.wait_for_log("started", timeout_s=_START_S)
            daemon.wait_until_ready()
            found["seconds to ready"] = time.perf_counter() - began
            found["MB when ready"] = resident_mb(daemon)
            for part in range(10):
                push_all(daemon, site, renamed(base, part * tenth, tenth))
                found[f"MB after {(part + 1) * tenth:,} events"] = resident_mb(daemon)
            found["events/s over HTTP"] = event_count / (
                time.perf_counter() - began - found["seconds to ready"]
            )
    return found


def renamed(base: Sequence[ArticleEvent], first: int, count: int) -> list[ArticleEvent]:
    """The same articles as others: an id and an address of their own for each."""
    return [
        msgspec.structs.replace(
            base[number % len(base)],
            event_id=f"{number:026d}",
            url=f"https://news.example/{number}",
            content_hash=f"{number:032d}",
        )
        for number in range(first, first + count)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", type=int, default=10_000)
    parser.add_argument("--events", type=int, default=100_000)
    options = parser.parse_args()
    found = measure(options.rules, options.events)
    for name, value in found.items():
        print(f"{name:28}{value:12,.1f}")
    half, end = (found[f"MB after {options.events * part // 10:,} events"] for part in (5, 10))
    what = f"{options.rules:,} rules"
    tell(Goal(f"resident with {what}, {options.events:,} events", round(end), "MB", _LIMIT_MB, is_limit=True))
    growth = round(max(0.1, end - half), 1)
    tell(
        Goal(f"growth over the last {options.events // 2:,} events", growth, "MB", _GROWTH_MB, is_limit=True)
    )


if __name__ == "__main__":
    main()
