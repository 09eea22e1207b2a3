"""The trial of patterns, as a program: sets of patterns in as JSON, those that must not be run out.

    echo '[["a+b"]]' | python -m alerts.match.tried

Each set is run as a whole in a forked process with bounds. When that one dies, stalls or swells, its patterns
are run one by one; when none of them does it alone, the shortest part of the set that does is found.
"""

import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence

from alerts.match.regexes import RegexIndex
from stream.forked import Bounds, Ending, run_forked

Run = Callable[[Sequence[str]], Ending]

SLOWEST_S = 2.0
"""CPU time that one text of 64 KB may take for one pattern (some ms are usual)."""

_BASE_CPU_S = 20
_PATTERNS_A_CPU_S = 5
_MEMORY_MB = 2048
_LONG, _MIDDLE, _SHORT = 65_536, 8_192, 1_024
_RUN = re.compile(r"[^\W_]+|[^\w\\()\[\]{}|*+?.^$]+")
_TOLD_SLOW = "slow"


class _SlowError(Exception):
    """A pattern took too long on a text."""


def refusals(sets: Sequence[Sequence[str]], run: Run | None = None) -> dict[str, str]:
    """The patterns that must not be run, with what is wrong with each; `run` is how to learn it."""
    run = run or run_texts
    refused: dict[str, str] = {}
    for patterns in sets:
        while (left := [one for one in patterns if one not in refused]) and not _is_fine(run(left)):
            found = _alone(left, run) or _together(left, run)
            if not found:  # it failed once, and not again: a machine that was too busy
                break
            refused |= found
    return refused


def texts_for(pattern: str) -> Iterator[str]:
    """Texts of 1 to 64 KB on which a pattern has most to do: its own words repeated, long runs, noise."""
    runs = _RUN.findall(pattern) or ["a"]
    whole = "".join(runs)
    rng = random.Random(pattern)  # noqa: S311 - the same texts for a pattern every time
    for run in dict.fromkeys((runs[0], runs[-1], whole)):
        yield _repeated(run, _SHORT)
        yield _repeated(run, _LONG) + runs[-1]
    yield from (_repeated(char, _MIDDLE) + whole for char in dict.fromkeys(whole[:1] + whole[-1:]))
    letters = whole + whole.swapcase() + " 09.\n-é伊"
    yield _repeated("".join(rng.choices(letters, k=_SHORT)), _LONG)
    yield _repeated("".join(" ".join(rng.choices(runs, k=4)) + rng.choice(" .\n") for _ in range(50)), _LONG)
    yield rng.randbytes(_MIDDLE).decode("utf-8", "replace")


def _repeated(run: str, length: int) -> str:
    return (run * (length // len(run) + 1))[:length]


def run_texts(patterns: Sequence[str]) -> Ending:
    """Run patterns together on the texts of each, in a forked process."""
    cpu_s = _BASE_CPU_S + len(patterns) // _PATTERNS_A_CPU_S
    bounds = Bounds(cpu_s=cpu_s, wall_s=30.0 + 10.0 * cpu_s, memory_mb=_MEMORY_MB)
    return run_forked(lambda _tell: _exercise(patterns), bounds)


def _exercise(patterns: Sequence[str]) -> None:
    """Each pattern on all of its texts, and all patterns on the beginnings of these."""
    together = RegexIndex(patterns)
    for pattern in patterns:
        alone = RegexIndex([pattern])
        for text in texts_for(pattern):
            began = time.process_time()
            alone.scan(text).spans(pattern)
            if time.process_time() - began > SLOWEST_S:
                raise _SlowError(_TOLD_SLOW)
            together.scan(text[:_SHORT])


def _is_fine(ending: Ending) -> bool:
    return not ending.reason


def _alone(patterns: Sequence[str], run: Run) -> dict[str, str]:
    """Those that fail by themselves."""
    endings = {pattern: run([pattern]) for pattern in patterns}
    return {pattern: _told(ending) for pattern, ending in endings.items() if not _is_fine(ending)}


def _together(patterns: Sequence[str], run: Run) -> dict[str, str]:
    """The pattern that is one too many: with those before it the set fails, without it it does not."""
    sound, failing = 0, len(patterns)
    while failing - sound > 1:
        middle = (sound + failing) // 2
        sound, failing = (middle, failing) if _is_fine(run(patterns[:middle])) else (sound, middle)
    ending = run(patterns[:failing])
    told = f"beside the other patterns {_told(ending)}"
    return {} if _is_fine(ending) else {patterns[failing - 1]: told}


def _told(ending: Ending) -> str:
    if ending.reason == "failed":
        said = ending.told.decode(errors="replace")
        if _TOLD_SLOW in said:
            return f"the pattern is slow: more than {SLOWEST_S:g} s for 64 KB of text"
        return f"the pattern cannot be used: {said}"
    what = {"died": "kills the engine that runs it", "memory": "takes too much memory"}
    return f"the pattern {what.get(ending.reason, 'is too slow')} ({ending.detail})"


def main() -> None:
    """Read sets of patterns, write those refused."""
    json.dump(refusals(json.load(sys.stdin)), sys.stdout)


if __name__ == "__main__":
    main()
