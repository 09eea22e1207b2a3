"""What the regexes of rules cost: `python -m bench.regexes`.

Articles of 2.2 KB; of the patterns a fifth has words that some article has, and one in five is a gap between
two words. In turn, in one run: all patterns by `RegexIndex`, each by itself in RE2, and Vectorscan over all
of them, which ran them before and crashes on others (decision 0050). Then what a start pays: the trial in a
process of its own and the compiling, against the compiling in Vectorscan. CPU time, medians of the rounds.
"""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import hyperscan
import re2

from alerts.match.regexes import RegexIndex
from alerts.watchlist.patterns import RE2_OPTIONS
from alerts.watchlist.trial import PatternTrial
from bench.match_world import World

T = TypeVar("T")

_EVENTS = 100
_ROUNDS = 5


def patterns(texts: Sequence[str], count: int) -> list[str]:
    """Distinct patterns as people write them: a word with its endings, a number, a gap, a choice."""
    rng = random.Random(3)
    common = sorted({word for text in texts for word in text.split() if word.isalpha()})
    rares = sorted({"".join(rng.sample("bcdfghklmnprst", 7)) for _ in range(500)})
    written: dict[str, None] = {}
    while len(written) < count:
        word, (rare, rarer) = rng.choice(common), rng.sample(rares, 2)
        shapes = (
            rf"\b{rare}(s|ed)?\b",
            rf"{word}.{{0,60}}{rare}",
            rf"\b{word}-?\d{{2,4}}\b",
            rf"({rare}|{rarer}|{word}x) {word}",
            rf"\d{{3,}}\s*{rarer}",
        )
        written[rng.choice(shapes)] = None
    return list(written)


def vectorscan(written: Sequence[str]) -> Callable[[bytes], object]:
    """All patterns in one database, as they were run before but for the start of a match."""
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    flags = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_UTF8
    database.compile(
        expressions=[one.encode() for one in written],
        ids=list(range(len(written))),
        elements=len(written),
        flags=[flags] * len(written),
    )
    scratch = database.scratch
    return lambda data: database.scan(data, match_event_handler=lambda *_: None, scratch=scratch)


def report(texts: Sequence[str], count: int) -> None:
    written = patterns(texts, count)
    index, compile_s = _timed(lambda: RegexIndex(written))
    before, before_s = _timed(lambda: vectorscan(written))
    _, trial_s = _timed(lambda: PatternTrial().refusals([written]))
    each = [re2.compile(one, RE2_OPTIONS) for one in written]
    contenders: dict[str, Callable[[str], object]] = {
        "filter": index.scan,
        "each": lambda text: [one.search(text.encode()) for one in each],
        "before": lambda text: before(text.encode()),
    }
    rounds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(_ROUNDS):
        for name, run in contenders.items():
            began = time.process_time()
            for text in texts:
                run(text)
            rounds[name].append((time.process_time() - began) / len(texts) * 1e6)
    took = {name: statistics.median(taken) for name, taken in rounds.items()}
    print(f"{count:,} patterns, {len(texts)} articles of {statistics.mean(map(len, texts)):,.0f} characters")
    print(f"  {took['filter']:.1f} µs an article; each alone {took['each']:.0f}; before {took['before']:.1f}")
    faster, slower = took["each"] / took["filter"], took["filter"] / took["before"]
    print(f"  {faster:.1f} times as fast as each alone, {slower:.1f} times the time of before")
    print(f"  a start: compile {compile_s:.2f} s and trial {trial_s:.2f} s; compiled before {before_s:.2f} s")


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    made = work()
    return made, time.perf_counter() - began


if __name__ == "__main__":
    articles = [event.text for event in World().events(_EVENTS)]
    for pattern_count in (1, 10, 100, 1_000):
        report(articles, pattern_count)
