"""Where settings come from: flags, then WIREWATCH_* variables, then config/settings.yaml, then defaults.

What is wrong is said of the layer that said it: a file by line and column, a variable by its name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from stream.config.check import explain
from stream.config.node import Document, Node, Scalar, Sequence, Source, plain
from stream.config.node import Mapping as MappingNode
from stream.config.problem import ConfigError, ConfigProblem
from stream.config.read import read
from stream.config.secrecy import shown_value
from wirewatch.environment import config_dir_of, is_config_dir_named, variable_of
from wirewatch.settings import GONE, SETTINGS, Place, Settings
from wirewatch.variables import read_variables, setting_problem

SETTINGS_FILE = "settings.yaml"
_SHOWN_CHARS = 60


@dataclass(frozen=True, slots=True)
class Layers:
    """What each layer says, by place; `file` as nested tables, `document` with its lines."""

    flags: Mapping[Place, object]
    variables: Mapping[Place, object]
    file: Mapping[str, Any] = field(default_factory=dict)
    document: Document | None = None

    def merged(self) -> dict[str, Any]:
        """All layers in one, as nested tables."""
        merged: dict[str, Any] = plain(self.document.root) if self.document else {}  # type: ignore[assignment]  # a mapping: looked at when read
        for place, value in (*self.variables.items(), *self.flags.items()):
            _put(merged, place, value)
        return merged

    def origin(self, place: Place) -> str:
        """Name the layer that decides a value: `flag`, `environment`, `file` or `default`."""
        if place in self.flags:
            return "flag"
        if place in self.variables:
            return "environment"
        return "file" if _holds(self.file, place) else "default"


def load_settings(flags: Mapping[Place, object], environ: Mapping[str, str]) -> Settings:
    """Give the settings in force; raises ConfigError with every problem of every layer."""
    return load_layers(flags, environ)[0]


def load_layers(flags: Mapping[Place, object], environ: Mapping[str, str]) -> tuple[Settings, Layers]:
    """Do as `load_settings` does, and say which layer said what."""
    variables = read_variables(environ)
    problems = list(variables.problems)
    folder, document = _config_dir(flags, environ, problems), None
    if folder is not None:
        document, found = _read_file(folder / SETTINGS_FILE)
        problems += found
    file: Any = plain(document.root) if document else {}
    layers = Layers(flags, variables.values, file, document)
    try:
        settings = SETTINGS.validate_json(msgspec.json.encode(layers.merged(), enc_hook=str))
    except ValidationError as error:
        raise ConfigError([*problems, *_explained(error.errors(include_url=False), layers)]) from None
    if problems:
        raise ConfigError(problems)
    return settings, layers


def _config_dir(
    flags: Mapping[Place, object], environ: Mapping[str, str], problems: list[ConfigProblem]
) -> Path | None:
    flag = flags.get(("config_dir",))
    named = Path(str(flag)) if flag else None
    folder = config_dir_of(named, environ)
    if folder.is_dir():
        return folder
    if is_config_dir_named(named, environ):
        name = "--config" if named else variable_of(("config_dir",))
        problems.append(setting_problem(name, f"there is no folder {folder}"))
    return None


def _read_file(path: Path) -> tuple[Document | None, tuple[ConfigProblem, ...]]:
    """Read settings.yaml; none, or one in which everything is a comment, sets nothing."""
    if not path.exists() or _says_nothing(path):
        return None, ()
    document, problems = read(path)
    if document is None:
        return None, problems
    if not isinstance(document.root, MappingNode):
        found = document.problem((), "the file is no mapping (key: value)", wanted="sections with settings")
        return None, (*problems, found)
    if "config_dir" in document.root.items:
        message = "config_dir cannot be set in the folder that it names"
        wanted = f"--config or {variable_of(('config_dir',))}"
        problems = (*problems, document.problem(("config_dir",), message, at_key=True, wanted=wanted))
    return document, problems


def _says_nothing(path: Path) -> bool:
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return False
    return all(not line.strip() or line.lstrip().startswith(b"#") for line in lines)


def _explained(errors: list[ErrorDetails], layers: Layers) -> list[ConfigProblem]:
    in_file: list[ErrorDetails] = []
    problems: list[ConfigProblem] = []
    for error in errors:
        names = _names(error["loc"], layers)
        if names:
            problems.append(_of_setting(error, names, layers))
        else:
            in_file.append(error)
    nothing = Document(Source(SETTINGS_FILE, ""), MappingNode(0))
    gone = {place[-1]: said for place, said in GONE.items()}
    return [*problems, *explain(layers.document or nothing, SETTINGS, in_file, later=gone)]


def _names(loc: tuple[str | int, ...], layers: Layers) -> dict[Place, str]:
    """The flags and variables an error is about: those at its place or, for a whole section, in it."""
    flags = {place: f"--{place[-1].replace('_', '-')}" for place in layers.flags}
    variables = {place: variable_of(place) for place in layers.variables if place not in flags}
    return {
        place: name
        for place, name in {**flags, **variables}.items()
        if place == loc[: len(place)] or loc == place[: len(loc)]
    }


def _of_setting(error: ErrorDetails, names: dict[Place, str], layers: Layers) -> ConfigProblem:
    """Say of flags and variables what would be said of a file, without its line."""
    tree = MappingNode(0)
    values = {**layers.variables, **layers.flags}
    for place in names:
        _plant(tree, place, values[place])
    (said,) = explain(Document(Source("", ""), tree), SETTINGS, [error])
    name = ", ".join(sorted(names.values()))
    place = next(iter(names))
    found = None if len(names) > 1 else _shown(place, values[place])
    return setting_problem(
        name, said.message, key=".".join(place), found=found, wanted=said.wanted, suggestion=said.suggestion
    )


def _shown(place: Place, value: object) -> str | None:
    text = shown_value(place, ", ".join(map(str, value)) if isinstance(value, list) else str(value))
    if text is None:
        return None
    return repr(text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…")


def _plant(tree: MappingNode, place: Place, value: object) -> None:
    for name in place[:-1]:
        below = tree.items.setdefault(name, MappingNode(0))
        tree.keys.setdefault(name, Scalar(0, 0, name, is_plain=False))
        assert isinstance(below, MappingNode)  # noqa: S101 - sections were planted as such
        tree = below
    leaf: Node = Scalar(0, 0, "" if value is None else str(value), is_plain=False)
    if isinstance(value, list):
        leaf = Sequence(0, [Scalar(0, 0, str(one), is_plain=False) for one in value])
    tree.items[place[-1]] = leaf


def _put(table: dict[str, Any], place: Place, value: object) -> None:
    for name in place[:-1]:
        below = table.get(name)
        table[name] = below if isinstance(below, dict) else {}
        table = table[name]
    table[place[-1]] = value


def _holds(table: Mapping[str, Any], place: Place) -> bool:
    here: Any = table
    for name in place:
        if not isinstance(here, Mapping) or name not in here:
            return False
        here = here[name]
    return True
