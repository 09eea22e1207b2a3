"""What a driver says in the end: its figures as a table, then what does not add up."""

import sys
import time
from collections.abc import Callable, Mapping

from tests.support.ledger import Verdict

Run = Callable[[], tuple[Mapping[str, float], Verdict]]


def tell(title: str, run: Run) -> int:
    """Run it and print what came of it; returns the exit code: 1 where anything does not add up."""
    began = time.monotonic()
    done, verdict = run()
    sys.stdout.write(f"== {title}, {time.monotonic() - began:.0f} s\n{report(done, verdict)}\n")
    return 1 if verdict.violations else 0


def report(done: Mapping[str, float], verdict: Verdict) -> str:
    """What was done, and the figures of the ledger."""
    figures = {**dict(sorted(done.items())), **verdict.figures}
    lines = [f"  {name:45} {count:10,.10g}" for name, count in figures.items()]
    lines += [f"VIOLATION {violation}" for violation in verdict.violations]
    lines.append("it does not add up" if verdict.violations else "nothing lost, nothing extra")
    return "\n".join(lines)
