"""Score detection on the development sets beside simple baselines: `make eval` runs this.

    python bench/evaluate/detection.py [--shared DIR] [--errors N] [--set NAME]

Precision, recall and F1 over all rows, with the 95 % bootstrap interval of F1 (300 resamples, seed 0). The
baselines use the same names: every pair of countries named together, and the first two. The sets lie in
../shared/eval or $WIREWATCH_SHARED/eval; where they are absent it says so and exits 0.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple, Protocol

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.evaluate.names import print_names, score_names
from bench.evaluate.rows import Pair, Row, read_rows, sorted_pair
from bench.evaluate.themes import print_alerts, print_recall, recall
from ingest.annotate import Annotation, Annotator, load

RESAMPLES = 300


class Counts(NamedTuple):
    """Right, wrong and missing predictions of one row."""

    right: int
    wrong: int
    missing: int


class Score(NamedTuple):
    """Precision, recall, F1."""

    precision: float
    recall: float
    f1: float


def score(counts: Iterable[Counts]) -> Score:
    """Micro precision, recall and F1."""
    right, wrong, missing = (sum(column) for column in zip(*counts, strict=True))
    precision = right / (right + wrong) if right + wrong else 0.0
    recall = right / (right + missing) if right + missing else 0.0
    both = precision + recall
    return Score(precision, recall, 2 * precision * recall / both if both else 0.0)


def interval(counts: Sequence[Counts]) -> tuple[float, float]:
    """The 95 % bootstrap interval of F1."""
    chance = random.Random(0)
    drawn = sorted(score(chance.choices(counts, k=len(counts))).f1 for _ in range(RESAMPLES))
    return drawn[int(RESAMPLES * 0.025)], drawn[int(RESAMPLES * 0.975) - 1]


def compare(gold: frozenset[Pair], found: set[Pair]) -> Counts:
    """Count one row."""
    return Counts(len(gold & found), len(found - gold), len(gold - found))


def named_pairs(annotation: Annotation) -> set[Pair]:
    """Baseline: every pair of countries named."""
    return set(combinations(sorted({mention.country for mention in annotation.mentions}), 2))


def first_two(annotation: Annotation) -> set[Pair]:
    """Baseline: the first two countries named."""
    first = list(dict.fromkeys(mention.country for mention in annotation.mentions))[:2]
    return {sorted_pair(first)} if len(first) == 2 else set()


def reported(annotation: Annotation) -> set[Pair]:
    """The detector: the pairs whose relation the article reports."""
    return {relation.countries for relation in annotation.relations}


METHODS = (("all named", named_pairs), ("first two", first_two), ("detector", reported))


def score_pairs(name: str, rows: Sequence[Row], annotations: Sequence[Annotation], errors: int) -> None:
    """Print the table of a set with pairs, and its worst errors."""
    for label, method in METHODS:
        counts = [compare(row.pairs, method(a)) for row, a in zip(rows, annotations, strict=True)]
        value, (low, high) = score(counts), interval(counts)
        print(
            f"{name:<22} {label:<10} n={len(rows):<5} P {value.precision:.3f}  R {value.recall:.3f}  "
            f"F1 {value.f1:.3f} [{low:.3f}, {high:.3f}]"
        )
    wrong = [(compare(row.pairs, reported(a)), row, a) for row, a in zip(rows, annotations, strict=True)]
    wrong.sort(key=lambda item: (-item[0].wrong, -item[0].missing, item[1].id))
    for counts_, row, annotation in wrong[:errors]:
        if counts_.wrong or counts_.missing:
            print(
                f"    {row.id}: wanted {sorted(row.pairs)}, found {sorted(reported(annotation))}: "
                f"{row.text[:160]}"
            )


class ThemeFinder(Protocol):
    """What scoring asks of the alerts side."""

    def find_themes(self, text: str, language: str) -> set[str]:
        """The themes of one text."""

    def count_alerts(self, texts: Sequence[str]) -> Mapping[str, int]:
        """By theme, how many of the texts a rule of any pair and the theme alerts on."""


def main(arguments: Sequence[str], product: ThemeFinder | None = None) -> int:
    """Score every set that is there; `product` is the alerts side, where the caller has it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=shared())
    parser.add_argument(
        "--errors", type=int, default=0, metavar="N", help="list the N worst errors of each set"
    )
    parser.add_argument("--set", default="", metavar="NAME", help="only sets whose name contains NAME")
    options = parser.parse_args(arguments)
    folder = options.shared / "eval"
    if not folder.is_dir():
        print(f"no evaluation sets in {folder}: nothing scored")
        return 0
    annotator = load()
    for path in sorted(folder.glob("*_dev.jsonl")):
        if options.set in path.stem:
            _score_set(path, annotator, options.errors, product)
    return 0


def _score_set(path: Path, annotator: Annotator, errors: int, product: ThemeFinder | None) -> None:
    rows, name = read_rows(path), path.stem.removesuffix("_dev")
    if name == "ntrex_silver":
        print_names(score_names(rows, lambda row: named_codes(annotator, row)))
        return
    if product is not None and any(row.themes for row in rows):
        print_recall(name, recall(rows, product.find_themes))
    if name == "wcep_theme":
        return
    started = time.perf_counter()
    annotations = annotate_rows(annotator, rows)
    micros = (time.perf_counter() - started) / max(len(rows), 1) * 1e6
    if name == "wcep_background":
        paired = sum(bool(annotation.relations) for annotation in annotations)
        print(f"{name:<22} rows with a pair: {paired} of {len(rows)}")
        if product is not None:
            print_alerts(name, product.count_alerts([row.text for row in rows]), len(rows))
        return
    score_pairs(name, rows, annotations, errors)
    crowded = crowded_places(annotations)
    score_pairs(f"{name}, 3 or more", [rows[i] for i in crowded], [annotations[i] for i in crowded], 0)
    print(f"{name:<22} {micros:.0f} µs a row")


def annotate_rows(annotator: Annotator, rows: Sequence[Row]) -> list[Annotation]:
    """Annotate each row by itself, its text as an article without a title."""
    return [annotator.annotate("", row.text, row.language) for row in rows]


def named_codes(annotator: Annotator, row: Row) -> frozenset[str]:
    """The countries that a row's text names."""
    return frozenset(mention.country for mention in annotator.annotate("", row.text, row.language).mentions)


def crowded_places(annotations: Sequence[Annotation]) -> list[int]:
    """Which rows name three countries or more."""
    return [place for place, a in enumerate(annotations) if len({m.country for m in a.mentions}) >= 3]


def shared() -> Path:
    """Where the evaluation data lies: beside the checkout, or where WIREWATCH_SHARED says."""
    named = os.environ.get("WIREWATCH_SHARED")
    return Path(named) if named else Path(__file__).parents[2].parent / "shared"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
