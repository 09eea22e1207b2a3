"""What annotating costs: µs an article of 2.3 KB, as ratios to a bare automaton scan of the same text.

    python bench/annotate.py

The text is generated here: sentences about countries among as many about nothing, as newspapers mix them.
"""

import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from ingest.annotate import gazetteer, load
from ingest.annotate.sentences import sentence_starts
from stream.text.fold import fold

ARTICLES = 200
CHARS = 2300
NAMES = (
    "Norway",
    "Poland",
    "Kenya",
    "Vietnam",
    "Chile",
    "Morocco",
    "Iran",
    "Turkey",
    "Tokyo",
    "Egyptian",
    "Danish",
)
VERBS = ("praised", "signed", "met", "warned", "visited", "invited", "briefed")
TEXT = """the committee reviewed several proposals about water roads schools and hospitals while local
residents asked for more detail on costs and dates before a final vote that many expect early next month"""
LIMIT_RATIO = 30.0


def article(chance: random.Random) -> str:
    """About 2.3 KB of English: one sentence in three names two countries."""
    sentences: list[str] = []
    while sum(map(len, sentences)) < CHARS:
        plain = " ".join(chance.choices(TEXT.split(), k=18)).capitalize() + "."
        one, other = chance.sample(NAMES, 2)
        about = f"{one} officials {chance.choice(VERBS)} a delegation from {other} after talks on farm trade."
        sentences.append(about if chance.random() < 0.33 else plain)
    return " ".join(sentences)


def micros(work: Callable[[str], object], texts: Sequence[str]) -> float:
    """CPU time of one text in µs: the best of five rounds."""
    rounds: list[float] = []
    for _ in range(5):
        started = time.process_time()
        for text in texts:
            work(text)
        rounds.append((time.process_time() - started) / len(texts) * 1e6)
    return min(rounds)


def main() -> int:
    """Print the table; exit 1 where annotating costs more than `LIMIT_RATIO` scans."""
    started = time.process_time()
    annotator = load()
    load_ms = (time.process_time() - started) * 1e3
    names = gazetteer.load("en")
    chance = random.Random(0)
    texts = [article(chance) for _ in range(ARTICLES)]
    scan = micros(lambda text: names.scan(fold(text, "en")), texts)
    split = micros(lambda text: sentence_starts(text, "en"), texts)
    whole = micros(lambda text: annotator.annotate("", text, "en"), texts)
    print(f"annotate: load {load_ms:.0f} ms of CPU")
    print(f"annotate: fold and scan {scan:.1f} µs, sentences {split:.1f} µs ({split / scan:.1f}×)")
    print(f"annotate: whole article {whole:.0f} µs ({whole / scan:.1f}× the scan, limit {LIMIT_RATIO:.0f}×)")
    return int(whole / scan > LIMIT_RATIO)


if __name__ == "__main__":
    raise SystemExit(main())
