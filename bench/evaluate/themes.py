"""Themes against the sets that name them: recall where the gold says one, silence where none is expected."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from bench.evaluate.rows import Row

FindThemes = Callable[[str, str], set[str]]
"""Text and language to the names of the themes in it."""
CountAlerts = Callable[[Sequence[str]], Mapping[str, int]]
"""Texts to how many of them a rule of some pair of countries and a theme would alert on, by theme."""

# What the sets call a theme, where we call it otherwise or divide it.
OURS: Mapping[str, frozenset[str]] = {
    "border_conflict": frozenset({"border", "military_conflict"}),
    "summit_talks": frozenset({"diplomatic_cooperation"}),
    "diplomatic_talks": frozenset({"diplomatic_cooperation"}),
    "sanction": frozenset({"sanctions"}),
}


class ThemeRecall(NamedTuple):
    """How many of the rows that the gold gives a theme have it."""

    theme: str
    hits: int
    wanted: int

    @property
    def value(self) -> float:
        """The share."""
        return self.hits / max(self.wanted, 1)


def recall(rows: Sequence[Row], find_themes: FindThemes) -> list[ThemeRecall]:
    """Recall of every theme that the gold names."""
    wanted: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    for row in rows:
        if row.themes:
            found = find_themes(row.text, row.language)
            wanted.update(row.themes)
            hits.update(theme for theme in row.themes if found & OURS.get(theme, frozenset({theme})))
    return [ThemeRecall(theme, hits[theme], wanted[theme]) for theme in sorted(wanted)]


def print_recall(name: str, found: Sequence[ThemeRecall]) -> None:
    """Print a line a theme."""
    for one in found:
        ours = " or ".join(sorted(OURS[one.theme])) if one.theme in OURS else ""
        print(f"{name:<22} {one.theme:<22} R {one.hits}/{one.wanted} {one.value:.3f} {ours}".rstrip())


def print_alerts(name: str, alerts: Mapping[str, int], rows: int) -> None:
    """Print how many texts each theme would alert on, most first."""
    said = ", ".join(
        f"{theme} {count}" for theme, count in sorted(alerts.items(), key=lambda i: (-i[1], i[0]))
    )
    print(f"{name:<22} rows that some pair's rule would alert on, of {rows}: {said or 'none'}")
