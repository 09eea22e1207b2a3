"""Settings and commands that files for deploying may name."""

from collections.abc import Iterable
from pathlib import Path

from wirewatch.environment import own_variables, variable_of
from wirewatch.settings import Settings, fields_of

ROLES = {"ingest", "alerts", "deliver", "web"}


def unknown_variables(names: Iterable[str]) -> set[str]:
    """Those of our variables that set nothing."""
    known = {variable_of(place) for place, _ in fields_of(Settings)}
    known |= {f"{name}_FILE" for name in known}
    return set(own_variables(dict.fromkeys(names, ""))) - known


def is_command(words: list[str]) -> bool:
    """Whether the program has this command."""
    if words == ["kafka", "init"]:
        return True
    return words[:2] == ["run", "--role"] and words[2] in ROLES and len(words) == 3


def context_of(dockerignore: Path) -> set[str]:
    """The names at the top that go to the image's builder."""
    return {line[1:] for line in dockerignore.read_text().splitlines() if line.startswith("!")}
