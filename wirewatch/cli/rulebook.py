"""Themes and watchlists for filters and rule commands: read, checked, compiled, without sinks or settings."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wirewatch.cli.output import complain

if TYPE_CHECKING:
    from alerts.match.matcher import Matcher
    from alerts.watchlist.load import Loaded
    from alerts.watchlist.themes import LoadedThemes
    from stream.config.problem import ConfigProblem

WATCHLISTS = "watchlists"
THEMES = "themes"


@dataclass(frozen=True, slots=True)
class Rules:
    """What was read, whole, with everything that is wrong with it."""

    themes: "LoadedThemes"
    watchlists: "Loaded"

    @property
    def problems(self) -> "tuple[ConfigProblem, ...]":
        """What is wrong with any of them."""
        return (*self.themes.problems, *self.watchlists.problems)


def read_rules(config_dir: Path, watchlists: Path | None = None) -> Rules:
    """Read the themes of a configuration, and its watchlists or those at another path."""
    from alerts.watchlist.load import load_watchlists
    from alerts.watchlist.vocabulary import world

    themes = read_themes(config_dir)
    return Rules(themes, load_watchlists(watchlists or config_dir / WATCHLISTS, world(themes.themes)))


def read_themes(config_dir: Path) -> "LoadedThemes":
    """Read the themes; a configuration without the folder has none."""
    from alerts.watchlist.themes import load_themes

    return load_themes(config_dir / THEMES)


def compile_all(rules: Rules) -> "Matcher":
    """Compile every rule, drafts and retired ones too; raises ConfigError for broken files."""
    from alerts.match.compile import compile_rules

    require_sound(rules.problems)
    loaded = rules.watchlists
    return compile_rules((*loaded.rules, *loaded.resting), rules.themes.themes, rules.themes.labels)


def compile_themes(config_dir: Path) -> "Matcher":
    """Compile the themes alone; raises ConfigError for broken files."""
    from alerts.match.compile import compile_rules

    themes = read_themes(config_dir)
    require_sound(themes.problems)
    return compile_rules((), themes.themes, themes.labels)


def require_sound(problems: "tuple[ConfigProblem, ...]") -> None:
    """Raise ConfigError with all problems when one of them is an error."""
    from stream.config.problem import ConfigError

    if any(problem.is_error for problem in problems):
        raise ConfigError(problems)


def tell(problems: "tuple[ConfigProblem, ...]") -> None:
    """Write problems to stderr, each as a block of lines."""
    for problem in problems:
        complain(problem.render() + "\n")
