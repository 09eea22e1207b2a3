"""How fast events are matched: `python -m bench.match`.

Rules ask for a pair of countries with a theme, for a pair with words in its sentence, or for words alone; a
fifth of their phrases occur in the articles. Each round decodes, matches and runs the naive loop over the
same events in turn, so that the ratios hold on a busy machine; CPU time, medians of the rounds.
"""

import gc
import resource
import statistics
import time
from collections.abc import Callable, Mapping, Sequence

from alerts.match.compile import compile_rules
from alerts.match.matcher import Matcher
from alerts.watchlist.clauses import All, Clause, Countries, Near, Phrase, Rule, Text, Theme
from alerts.watchlist.themes import ThemeDefinition
from bench.match_world import World
from stream.event import ArticleEvent, decode, encode
from stream.text.fold import fold

_EVENTS = 400
_ROUNDS = 7
_NAIVE_EVENTS = 3


def naive(rules: Sequence[Rule], event: ArticleEvent, themes: Mapping[str, ThemeDefinition]) -> int:
    """What a first version does: for each rule, look at the article again."""
    text = f"{event.title}\n{event.text}".lower()
    pairs = {relation.countries for relation in event.relations}
    return sum(_naive(rule.when, text, pairs, themes) for rule in rules)


def _naive(
    clause: Clause, text: str, pairs: set[tuple[str, str]], themes: Mapping[str, ThemeDefinition]
) -> bool:
    match clause:
        case All(parts=parts):
            return all(_naive(part, text, pairs, themes) for part in parts)
        case Countries(groups=((one,), (other,))):
            return (one, other) in pairs
        case Theme(name=name):
            return any(trigger.rstrip("*") in text for trigger in themes[name].languages["en"].triggers)
        case Text(terms=(Near(phrases=phrases),)):
            return all(phrase in text for phrase in phrases)
        case Text(terms=terms):
            return any(isinstance(term, Phrase) and term.words in text for term in terms)
        case _:
            raise ValueError(clause)


def measure(world: World, lines: list[bytes], matcher: Matcher, rules: Sequence[Rule]) -> dict[str, float]:
    """µs an event of each contender, in turn, median over the rounds."""
    events = [decode(line) for line in lines]
    few = events[:_NAIVE_EVENTS]
    silent = [event for event in events if not matcher.match(event)]
    contenders: dict[str, tuple[Callable[[], object], int]] = {
        "decode": (lambda: [decode(line) for line in lines], len(lines)),
        "decode and match": (lambda: [matcher.match(decode(line)) for line in lines], len(lines)),
        "fold": (lambda: [(fold(event.title), fold(event.text)) for event in events], len(events)),
        "match nothing": (lambda: [matcher.match(event) for event in silent], len(silent)),
        "naive loop": (lambda: [naive(rules, event, world.themes) for event in few], len(few)),
    }
    rounds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(_ROUNDS):
        for name, (run, count) in contenders.items():
            began = time.process_time()
            run()
            rounds[name].append((time.process_time() - began) / count * 1e6)
    return {name: statistics.median(taken) for name, taken in rounds.items()}


def report(count: int) -> None:
    world = World()
    events = world.events(_EVENTS)
    lines = [encode(event) for event in events]
    rules = world.rules(count, world.events(_EVENTS))  # phrases of other articles
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    matcher = compile_rules(rules, world.themes, world.labels)
    compile_s = time.perf_counter() - began
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    gc.collect()
    gc.freeze()
    took = measure(world, lines, matcher, rules)
    matches = sum(len(matcher.match(event)) for event in events) / len(events)
    both, bare = took["decode and match"], took["decode"]
    print(f"{count:,} rules, {len(events)} events of {statistics.mean(map(len, lines)):,.0f} bytes")
    print(f"  compile {compile_s:.2f} s, +{grown_mb:.0f} MB, {matches:.2f} matches an event")
    print(f"  decode {bare:.1f} µs, match {both - bare:.1f} µs, {1e6 / both:,.0f} events/s/core with decode")
    print(
        f"  of that folding {took['fold']:.1f} µs; where no rule holds {took['match nothing']:.1f} µs in all"
    )
    faster = took["naive loop"] / (both - bare)
    print(f"  ratio to bare decode {bare / both:.2f}, to the naive loop {faster:,.0f}x")


if __name__ == "__main__":
    for rule_count in (1_000, 10_000):
        report(rule_count)
