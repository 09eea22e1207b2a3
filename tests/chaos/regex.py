"""Generated patterns and terms through the engines of the service: `make chaos`.

    python -m tests.chaos.regex --patterns 100000 [--seed N]

Patterns come from a grammar of what people write; those that a watchlist takes are run a hundred at a time as
the service runs them, on texts made for each. As many terms go through the automaton of literals, up to two
thousand at a time. Everything runs in forked processes, so that a crash is counted and told; what was found
is compared with a search for each pattern or term alone. Exits 1 for a crash, a stall or a difference.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import re2

from alerts.match.regexes import RegexIndex
from alerts.watchlist.patterns import RE2_OPTIONS, PatternError, check_pattern, in_re2
from stream.forked import Bounds, Tell, run_forked
from stream.text.fold import fold, fold_terms
from stream.text.terms import TermIndex

_BOUNDS = Bounds(cpu_s=120, wall_s=600, memory_mb=4096)
_PATTERNS_A_SET = 100
_TERMS_A_SET = (1, 5, 40, 300, 2000)
_WORDS = ("ha", "na", "foo", "drone", "S-400", "missile", "Иран", "сделка", "伊朗", "été", "İstanbul", "ΣΑΣ")
_ATOMS = (
    *"abn19-!xé.ж伊",
    r"\d",
    r"\w",
    r"\s",
    r"\W",
    r"\D",
    r"\S",
    r"\.",
    "[a-c]",
    "[^a]",
    "[^\\s,]",
    "[0-9a-f]",
)
_MORE_ATOMS = (
    r"\b",
    r"\B",
    r"\p{L}",
    r"\PN",
    "[ж-я]",
    "[[:alpha:]]",
    "🙂",
    " ",
    "^",
    "$",
    "(?s:.)",
    "(?-i:Q)",
)
_REPEATS = ("+", "*", "?", "+?", "*?", "{2}", "{1,3}", "{2,}", "{0,60}", "{3,100}")


@dataclass(slots=True)
class Fuzzed:
    """What was run, and every process that did not come to its end."""

    run: int = 0
    refused: int = 0
    texts: int = 0
    trouble: list[str] = field(default_factory=list)


def pattern(rng: random.Random, depth: int = 0) -> str:
    """A pattern of the grammar; of every ten, about eight can be used."""
    kind = rng.random()
    if depth > 3 or kind < 0.3:
        atoms: Sequence[str] = (*_WORDS, *_ATOMS, *(_MORE_ATOMS if rng.random() < 0.3 else _WORDS))
        return rng.choice(atoms)
    if kind < 0.6:
        return pattern(rng, depth + 1) + pattern(rng, depth + 1)
    if kind < 0.85:
        repeat = rng.choice(_REPEATS[:7] if rng.random() < 0.9 else _REPEATS)
        return f"({rng.choice(('', '?:'))}{pattern(rng, depth + 1)}){repeat}"
    return f"(?:{pattern(rng, depth + 1)}|{pattern(rng, depth + 1)})"


def texts(rng: random.Random, written: str) -> Iterator[str]:
    """Repeats of what is written, long runs, its letters shuffled, noise: 300 bytes to 4 KB, some of 64."""
    letters = "".join(char for char in written if char.isalnum() or char in " -!.") or "a"
    size = 65_536 if rng.random() < 0.01 else rng.choice((300, 1_000, 4_000))
    yield letters * (size // len(letters) + 1)
    yield letters[0] * size + letters
    yield "".join(rng.choices(f"{letters}{letters.swapcase()} \n.é", k=size))
    yield " ".join(rng.choices(_WORDS, k=size // 5))
    yield rng.randbytes(size).decode("utf-8", "replace")


def run_patterns(patterns: Sequence[str], seed: int, tell: Tell) -> None:
    """Run a set as the service does; raises AssertionError where its filter and a plain search differ."""
    rng = random.Random(seed)
    index = RegexIndex(patterns)
    for written in patterns:
        alone = re2.compile(in_re2(written), RE2_OPTIONS)
        for text in texts(rng, written):
            hits = index.scan(text)
            first = alone.search(text.encode())
            assert (written in hits.patterns) == (first is not None), f"{written!r} in {text[:200]!r}"
            assert all(start < end <= len(text) for start, end in hits.spans(written)), written
            tell(b".")


def run_terms(terms: Sequence[bytes], seed: int, tell: Tell) -> None:
    """Run a set of terms; raises AssertionError for one that is in a text and was not seen."""
    rng = random.Random(seed)
    index = TermIndex(terms)
    for written in rng.sample(terms, min(len(terms), 20)):
        for text in texts(rng, written.decode()):
            data = fold(text).data
            seen = {term for term, _ in index.ends(data)}
            assert seen == {number for number, term in enumerate(terms) if term in data}, text[:200]
            tell(b".")


def fuzz_patterns(count: int, seed: int) -> Fuzzed:
    """Run that many patterns that a watchlist takes."""
    rng, done = random.Random(seed), Fuzzed()
    while done.run < count:
        chosen: set[str] = set()
        while len(chosen) < min(_PATTERNS_A_SET, count - done.run):
            written = pattern(rng)
            try:
                check_pattern(written)
            except PatternError:
                done.refused += 1
            else:
                chosen.add(written)
        _note(done, sorted(chosen), rng.getrandbits(32), run_patterns)
    return done


def fuzz_terms(count: int, seed: int) -> Fuzzed:
    """Run that many terms."""
    rng, done = random.Random(seed), Fuzzed()
    while done.run < count:
        wanted = min(rng.choice(_TERMS_A_SET), count - done.run)
        phrases = {" ".join(rng.choices(_pieces(rng), k=rng.randint(1, 4))) for _ in range(wanted)}
        folded = {term for term in fold_terms(sorted(phrases)) if term.strip()}
        _note(done, sorted(folded), rng.getrandbits(32), run_terms)
    return done


def _pieces(rng: random.Random) -> list[str]:
    made = ["".join(rng.choices("abnx19éжи伊", k=rng.randint(1, 9))) for _ in range(3)]
    return [*made, *_WORDS, rng.choice("ab") * rng.randint(1, 200)]


def _note(done: Fuzzed, chosen: Sequence[object], seed: int, run: Callable[..., None]) -> None:
    ending = run_forked(lambda tell: run(chosen, seed, tell), _BOUNDS)
    done.run += len(chosen)
    done.texts += ending.told.count(b".")
    if ending.reason:
        said = ending.told.lstrip(b".").decode(errors="replace")
        done.trouble.append(f"{ending.reason} ({ending.detail}) {said}: seed {seed}, {list(chosen)}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz both engines and print what came of it; returns 1 for trouble."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patterns", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    failed = False
    for kind, fuzz in (("patterns", fuzz_patterns), ("terms", fuzz_terms)):
        began = time.monotonic()
        done = fuzz(options.patterns, options.seed)
        took_s = time.monotonic() - began
        sys.stdout.write(
            f"{done.run:,} {kind} ({done.refused:,} more refused) on {done.texts:,} texts in {took_s:.0f} s: "
            f"{len(done.trouble)} processes crashed, stalled or differed\n"
        )
        sys.stdout.writelines(f"  {line[:2000]}\n" for line in done.trouble)
        failed = failed or bool(done.trouble)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
