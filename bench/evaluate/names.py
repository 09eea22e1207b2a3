"""Countries named in each language: recall, precision, and how much of what is wrong the gold lacks itself.

The gold of the parallel set is projected from the English source and leaves out what is ambiguous there:
"American", "Washington", "America" name no country in it. A country that at least half of the other
translations of the same sentence name too, each by its own words, is a gap of the gold and no error.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bench.evaluate.rows import Row


class NameScore(NamedTuple):
    """One language: `precision` against the loose gold, `whole` with its gaps filled; counts behind both."""

    language: str
    recall: float
    precision: float
    whole: float
    wanted: int
    found: int
    wrong: int
    gaps: int


@dataclass(frozen=True, slots=True)
class _Named:
    row: Row
    codes: frozenset[str]


def score_names(rows: Sequence[Row], names_of: Callable[[Row], frozenset[str]]) -> list[NameScore]:
    """Score every language of a parallel set."""
    named = [_Named(row, names_of(row)) for row in rows]
    gaps = _gaps(named)
    by_language: dict[str, list[_Named]] = defaultdict(list)
    for one in named:
        by_language[one.row.language].append(one)
    return [_score(language, by_language[language], gaps) for language in sorted(by_language)]


def print_names(scores: Sequence[NameScore]) -> None:
    """Print a line a language."""
    for one in scores:
        print(
            f"ntrex_silver           {one.language:<10} R {one.recall:.3f}  P (loose) {one.precision:.3f}  "
            f"{one.wrong} off of {one.found}, {one.gaps} of these gaps of the gold: P {one.whole:.3f} without"
        )


def _gaps(named: Sequence[_Named]) -> frozenset[tuple[str, str]]:
    languages: dict[str, set[str]] = defaultdict(set)
    times: Counter[tuple[str, str]] = Counter()
    for one in named:
        languages[one.row.segment].add(one.row.language)
        times.update((one.row.segment, code) for code in one.codes - one.row.countries_loose)
    return frozenset(
        place for place, count in times.items() if count > 2 and count * 2 >= len(languages[place[0]])
    )


def _score(language: str, named: Sequence[_Named], gaps: frozenset[tuple[str, str]]) -> NameScore:
    wanted = sum(len(one.row.countries) for one in named)
    hits = sum(len(one.row.countries & one.codes) for one in named)
    found = sum(len(one.codes) for one in named)
    extra = [(one.row.segment, code) for one in named for code in one.codes - one.row.countries_loose]
    lacking = sum(place in gaps for place in extra)
    right = found - len(extra)
    return NameScore(
        language,
        hits / max(wanted, 1),
        right / max(found, 1),
        right / max(found - lacking, 1),
        wanted,
        found,
        len(extra),
        lacking,
    )
