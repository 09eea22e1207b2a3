"""The gate: scores of detection against floors stored here; CI fails when one falls by more than its noise.

    python -m bench.evaluate --gate             compare; exit 1 where a score fell
    python -m bench.evaluate --gate --accept    write the scores of today as the new floors

A floor is a score once reached and its noise: half the width of the 95 % bootstrap interval for F1, the
standard error for a share, nothing for a count of false alerts.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from math import sqrt
from pathlib import Path
from typing import NamedTuple

from bench.evaluate import detection
from bench.evaluate.detection import ThemeFinder
from bench.evaluate.names import score_names
from bench.evaluate.rows import Row, read_rows
from bench.evaluate.themes import recall
from ingest.annotate import Annotator, load

MOST_ALERTS = 1  # of a theme on background news: the goal
FLOORS = Path(__file__).parent / "floors.json"


class Measured(NamedTuple):
    """A score with its noise; of `less` a smaller one is better."""

    score: float
    noise: float
    less: bool = False


Scores = dict[str, Measured]


def measure(folder: Path, product: ThemeFinder | None) -> Scores:
    """Score the sets in `folder`; without a `product` only names and pairs, which take some seconds."""
    annotator = load()
    scores: Scores = {}
    for path in sorted(folder.glob("*_dev.jsonl")):
        rows, name = read_rows(path), path.stem.removesuffix("_dev")
        scores |= _names(rows, annotator) if name == "ntrex_silver" else _pairs(name, rows, annotator)
        scores |= _themes(name, rows, product) if product is not None else {}
    return scores


def fallen(scores: Mapping[str, Measured], floors: Mapping[str, Measured]) -> list[str]:
    """What fell below its floor by more than its noise, and what is scored no more; a line each."""
    lines: list[str] = []
    for name, floor in sorted(floors.items()):
        now = scores.get(name)
        if now is None:
            lines.append(f"{name}: not scored, the floor is {floor.score:.3f}")
            continue
        worse = now.score - floor.score if floor.less else floor.score - now.score
        if worse > floor.noise + 1e-9:
            lines.append(f"{name}: {now.score:.3f}, the floor is {floor.score:.3f} ± {floor.noise:.3f}")
    return lines


def read_floors(path: Path = FLOORS) -> Scores:
    """Read the stored floors."""
    return {name: Measured(**floor) for name, floor in json.loads(path.read_text(encoding="utf-8")).items()}


def write_floors(scores: Mapping[str, Measured], path: Path = FLOORS) -> None:
    """Store scores as floors, sorted, one a line."""
    lines = [
        f"{json.dumps(name)}: "
        + json.dumps({"score": round(one.score, 4), "noise": round(one.noise, 4), "less": one.less})
        for name, one in sorted(scores.items())
    ]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def main(arguments: Sequence[str], build_product: Callable[[], ThemeFinder]) -> int:
    """Compare or accept; 0 also where the data is absent."""
    folder = detection.shared() / "eval"
    if not folder.is_dir():
        print(f"no evaluation sets in {folder}: nothing compared")
        return 0
    scores = measure(folder, build_product())
    if "--accept" in arguments:
        write_floors(scores)
        print(f"{len(scores)} floors written")
        return 0
    lines = fallen(scores, read_floors())
    print("\n".join(lines) or f"{len(scores)} scores, none below its floor")
    return int(bool(lines))


def _names(rows: Sequence[Row], annotator: Annotator) -> Scores:
    scores: Scores = {}
    for one in score_names(rows, lambda row: detection.named_codes(annotator, row)):
        scores[f"names.{one.language}.recall"] = _share(one.recall, one.wanted)
        scores[f"names.{one.language}.precision"] = _share(one.precision, one.found)
    return scores


def _pairs(name: str, rows: Sequence[Row], annotator: Annotator) -> Scores:
    if not any(row.pairs for row in rows) or name == "wcep_theme":
        return {}
    annotations = detection.annotate_rows(annotator, rows)
    counts = [
        detection.compare(row.pairs, detection.reported(a)) for row, a in zip(rows, annotations, strict=True)
    ]
    crowded = [counts[place] for place in detection.crowded_places(annotations)]
    return {f"{name}.f1": _f1(counts), f"{name}.crowded.f1": _f1(crowded)}


def _f1(counts: Sequence[detection.Counts]) -> Measured:
    low, high = detection.interval(counts)
    return Measured(detection.score(counts).f1, (high - low) / 2)


def _themes(name: str, rows: Sequence[Row], product: ThemeFinder) -> Scores:
    if name == "wcep_background":
        alerts = product.count_alerts([row.text for row in rows])
        return {
            f"{name}.{theme}": Measured(count, max(0, MOST_ALERTS - count), less=True)
            for theme, count in alerts.items()
        }
    if name != "wcep_theme":
        return {}
    return {f"{name}.{one.theme}": _share(one.value, one.wanted) for one in recall(rows, product.find_themes)}


def _share(value: float, of: int) -> Measured:
    return Measured(value, sqrt(value * (1 - value) / max(of, 1)))
