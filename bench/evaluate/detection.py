"""Score detection on the development sets beside simple baselines: `make eval` runs this.

    python bench/evaluate/detection.py [--shared DIR] [--errors N] [--set NAME]

Precision, recall and F1 over all rows, with the 95 % bootstrap interval of F1 (300 resamples, seed 0). The
baselines use the same names: every pair of countries named together, and the first two. The sets lie in
../shared/eval or $WIREWATCH_SHARED/eval; where they are absent it says so and exits 0.
"""

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

from ingest.annotate import Annotation, Annotator, load

Pair = tuple[str, str]
FindThemes = Callable[[str, str], set[str]]
"""Text and language to the names of the themes in it: what `--themes` scores."""
RESAMPLES = 300


class Row(NamedTuple):
    """One labelled text."""

    id: str
    text: str
    language: str
    pairs: frozenset[Pair]
    countries: frozenset[str]
    countries_loose: frozenset[str]
    themes: frozenset[str]


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


def read_rows(path: Path) -> list[Row]:
    """Read one set."""
    return [_row(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _row(document: dict[str, object]) -> Row:
    def strings(key: str) -> frozenset[str]:
        value = document.get(key)
        return frozenset(value) if isinstance(value, list) else frozenset()

    pairs = document.get("pairs")
    found = frozenset(_pair(pair) for pair in pairs) if isinstance(pairs, list) else frozenset()
    return Row(
        str(document["id"]),
        str(document["text"]),
        str(document["lang"]) if "lang" in document else "en",
        found,
        strings("countries"),
        strings("countries") | strings("countries_loose"),
        strings("themes"),
    )


def _pair(codes: Sequence[str]) -> Pair:
    first, second = sorted(codes)
    return first, second


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
    return {_pair(first)} if len(first) == 2 else set()


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


def score_names(rows: Sequence[Row], annotate: Callable[[Row], Annotation]) -> None:
    """Print, for each language, recall of unambiguous names and precision against the loose gold."""
    for language in sorted({row.language for row in rows}):
        counts = [0, 0, 0, 0]
        for row in rows:
            if row.language == language:
                found = {mention.country for mention in annotate(row).mentions}
                counts[0] += len(row.countries & found)
                counts[1] += len(row.countries)
                counts[2] += len(row.countries_loose & found)
                counts[3] += len(found)
        recall, precision = counts[0] / max(counts[1], 1), counts[2] / max(counts[3], 1)
        print(f"ntrex_silver           {language:<10} R {recall:.3f}  P (loose) {precision:.3f}")


def score_themes(name: str, rows: Sequence[Row], find_themes: FindThemes) -> None:
    """Print the recall of each theme of a set whose gold names themes."""
    for theme in sorted({theme for row in rows for theme in row.themes}):
        wanted = [row for row in rows if theme in row.themes]
        hits = sum(theme in find_themes(row.text, row.language) for row in wanted)
        print(f"{name:<22} {theme:<22} R {hits}/{len(wanted)}")


def main(arguments: Sequence[str], find_themes: FindThemes | None = None) -> int:
    """Score every set that is there; `find_themes` is the alerts side's, where the caller has it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=_shared())
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
            _score_set(path, annotator, options.errors, find_themes)
    return 0


def _score_set(path: Path, annotator: Annotator, errors: int, find_themes: FindThemes | None) -> None:
    def annotate(row: Row) -> Annotation:
        return annotator.annotate("", row.text, row.language)

    rows, name = read_rows(path), path.stem.removesuffix("_dev")
    if name == "ntrex_silver":
        score_names(rows, annotate)
        return
    if find_themes is not None and any(row.themes for row in rows):
        score_themes(name, rows, find_themes)
    if name == "wcep_theme":
        return
    started = time.perf_counter()
    annotations = [annotate(row) for row in rows]
    micros = (time.perf_counter() - started) / max(len(rows), 1) * 1e6
    if name == "wcep_background":
        paired = sum(bool(annotation.relations) for annotation in annotations)
        print(f"{name:<22} rows with a pair: {paired} of {len(rows)}")
        return
    score_pairs(name, rows, annotations, errors)
    crowded = [place for place, a in enumerate(annotations) if len({m.country for m in a.mentions}) >= 3]
    score_pairs(f"{name}, 3 or more", [rows[i] for i in crowded], [annotations[i] for i in crowded], 0)
    print(f"{name:<22} {micros:.0f} µs a row")


def _shared() -> Path:
    named = os.environ.get("WIREWATCH_SHARED")
    return Path(named) if named else Path(__file__).parents[2].parent / "shared"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
