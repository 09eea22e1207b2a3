"""Speed and memory, as ratios in one run: `make bench`, or `python -m bench [PART…]`.

Every part is a module of its own and runs in a process of its own, one after the other, so that none
measures what another left behind. Figures with a goal are gathered in the last table. A part that is not
there, or fails, is named there too, and makes the exit code 1; a missed goal does not, since a busy machine
misses some.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from bench.goals import Goal, heard

PARTS = {
    "match": "matching: µs an event at 1,000 and 10,000 rules, against decoding and the naive loop",
    "regexes": "the regexes of rules: by a filter, each alone, and in Vectorscan as before",
    "fold": "folding text",
    "log": "the embedded log against a bare INSERT loop",
    "embedded": "the embedded log end to end: append, match, outbox",
    "alerts_db": "the database of alerts: PostgreSQL beside SQLite",
    "store": "a store of a million events and 200,000 alerts beside a small one",
    "pushes": "articles pushed one by one: POST to webhook, and what each costs the main process",
    "kafka": "the log on Kafka against bare loops of its client, and the forwarder to it",
    "apart": "the matcher on Kafka and PostgreSQL, against a bare loop; one process and two",
    "peers": "empty handlers of FastStream and Faust on the same topic, where a registry serves them",
    "feeds": "parsing feeds, against feedparser",
    "pages": "a whole article: HTML page in, event out",
    "annotate": "countries, roles and relations",
    "startup": "from the command to readiness",
    "memory": "resident memory with 10,000 rules and over 100,000 events",
}


def run(part: str) -> tuple[str, list[Goal]]:
    """Run one part, showing what it prints; returns what went wrong, if anything, and its goals."""
    if find_spec(f"bench.{part}") is None:
        return "not there", []
    goals: list[Goal] = []
    command = [sys.executable, "-m", f"bench.{part}"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]
    ) as process:
        for line in process.stdout or ():
            goal = heard(line)
            if goal is None:
                sys.stdout.write(line)
                sys.stdout.flush()
            else:
                goals.append(goal)
    return (f"exited with {process.returncode}" if process.returncode else ""), goals


def main(parts: Sequence[str]) -> int:
    """Run the parts and print the table."""
    goals: list[Goal] = []
    troubles: dict[str, str] = {}
    for part in parts:
        print(f"\n== {part}: {PARTS.get(part, '')}", flush=True)
        began = time.monotonic()
        trouble, found = run(part)
        print(f"   {time.monotonic() - began:.0f} s")
        goals += found
        if trouble:
            troubles[part] = trouble
    print(f"\n== goals\n{'':48}{'measured':>12} {'unit':10}{'wanted':>12}{'ratio':>9}")
    for goal in goals:
        print(goal.row())
    for part, trouble in troubles.items():
        print(f"{part}: {trouble}")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(PARTS)))
