"""Themes and watchlists, read and checked together, since rules name themes; without sinks or settings.

Light: filters read their rules with it, and the daemon's configuration is built on it.
"""

from dataclasses import dataclass
from pathlib import Path

from alerts.watchlist.load import Loaded, load_watchlists
from alerts.watchlist.themes import LoadedThemes, load_themes
from alerts.watchlist.trial import PatternTrial
from alerts.watchlist.vocabulary import Surroundings, world
from stream.config.problem import ConfigProblem

WATCHLISTS = "watchlists"
THEMES = "themes"


@dataclass(frozen=True, slots=True)
class Rules:
    """What was read, whole, with everything that is wrong with it."""

    themes: LoadedThemes
    watchlists: Loaded

    @property
    def problems(self) -> tuple[ConfigProblem, ...]:
        """What is wrong with any of them."""
        return (*self.themes.problems, *self.watchlists.problems)


def read_rules(
    config_dir: Path,
    watchlists: Path | None = None,
    trial: PatternTrial | None = None,
    around: Surroundings | None = None,
) -> Rules:
    """Read the themes of a configuration, and its watchlists or those at another path.

    With `around`, filters that nothing can meet there are among the problems.
    """
    themes = read_themes(config_dir)
    names = world(themes.themes, around or Surroundings())
    return Rules(themes, load_watchlists(watchlists or config_dir / WATCHLISTS, names, trial))


def read_themes(config_dir: Path) -> LoadedThemes:
    """Read the themes; a configuration without the folder has none."""
    return load_themes(config_dir / THEMES)
