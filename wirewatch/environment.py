"""The environment: WIREWATCH_* variables, read here and nowhere below.

Nested names use a double underscore (`WIREWATCH_WEB__PORT=9000`); a secret may come from a file
(`WIREWATCH_WEB__TOKEN_FILE=/run/token`). This module is light: filters need no more of the settings.
"""

from collections.abc import Mapping
from pathlib import Path

PREFIX = "WIREWATCH_"
CONFIG_DIR = f"{PREFIX}CONFIG_DIR"
DEFAULT_CONFIG_DIR = "config"
GAZETTEER = "gazetteer"  # its folder of the names that the operator adds; filters read it too

# Switches of tests, which are no settings: where a process dies on purpose, where evaluation data lies.
NO_SETTINGS = frozenset({f"{PREFIX}FAILPOINT", f"{PREFIX}SHARED"})


def variable_of(place: tuple[str, ...]) -> str:
    """Name the variable that sets the value at a place of the settings."""
    return PREFIX + "__".join(place).upper()


def own_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that are meant for us."""
    return {
        name: value for name, value in environ.items() if name.startswith(PREFIX) and name not in NO_SETTINGS
    }


def config_dir_of(flag: Path | None, environ: Mapping[str, str]) -> Path:
    """Where the configuration lies: it must be known before its settings can be read."""
    return flag or Path(environ.get(CONFIG_DIR) or DEFAULT_CONFIG_DIR)


def is_config_dir_named(flag: Path | None, environ: Mapping[str, str]) -> bool:
    """Whether somebody asked for this folder, so that it must be there."""
    return flag is not None or bool(environ.get(CONFIG_DIR))
