"""WIREWATCH_* variables to values of the settings, each refused under its own name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

import msgspec
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from stream.config.problem import ConfigProblem, did_you_mean
from wirewatch.environment import own_variables, variable_of
from wirewatch.settings import GONE, Place, Settings, fields_of

_FILE = "_FILE"
_MAX_SECRET_BYTES = 64 * 1024


class SettingProblem(ConfigProblem):
    """What is wrong with a setting that stands in no file: `file` names its variable or its flag."""

    def render(self) -> str:
        """Give it as one line that begins with the name."""
        found = f"found {self.found}, " if self.found else ""
        said = f"{found}wanted {self.wanted}" if self.wanted else self.message
        return f"{self.file}: {said}" + (f"; {self.suggestion}" if self.suggestion else "")


def setting_problem(name: str, message: str, **say: Any) -> SettingProblem:
    """Make a problem of a variable or a flag."""
    return SettingProblem(file=name, line=0, column=0, message=message, **say)


@dataclass(frozen=True, slots=True)
class Variables:
    """What the environment sets: values by place, and what of it cannot be used."""

    values: Mapping[Place, object]
    problems: tuple[ConfigProblem, ...]


def read_variables(environ: Mapping[str, str]) -> Variables:
    """Read all of ours. An empty one is as good as none, but where a text may be empty."""
    known = {variable_of(place): (place, field) for place, field in fields_of(Settings)}
    gone = {variable_of(place): said for place, said in GONE.items()}
    files = {name + _FILE: entry for name, entry in known.items() if _is_secret(entry[1])}
    values: dict[Place, object] = {}
    problems: list[ConfigProblem] = []
    for name, text in sorted(own_variables(environ).items()):
        place, field = known.get(name) or files.get(name) or ((), None)
        if field is None:
            message = gone.get(name, "there is no such setting")
            suggestion = None if name in gone else did_you_mean(name, [*known, *files])
            problems.append(setting_problem(name, message, suggestion=suggestion))
        elif name in files:
            problems += _take_secret(name, text, place, values) if text else ()
        elif text or field.annotation is str:
            values[place] = _value(text, field)
    return Variables(values, tuple(problems))


def _take_secret(name: str, path: str, place: Place, values: dict[Place, object]) -> Iterator[ConfigProblem]:
    other = variable_of(place)
    if place in values:
        yield setting_problem(name, f"{other} is set too: keep one of them")
        return
    try:
        with Path(path).open("rb") as file:
            secret = file.read(_MAX_SECRET_BYTES).decode().strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        yield setting_problem(name, f"{path} cannot be read: {reason}")
        return
    if not secret:
        yield setting_problem(name, f"{path} is empty")
    values[place] = secret


def _value(text: str, field: FieldInfo) -> object:
    """Lists are written as JSON or with commas, `null` where nothing is a value; pydantic reads the rest."""
    kinds = _kinds(field.annotation)
    if type(None) in kinds and text.lower() == "null":
        return None
    if not any(get_origin(kind) in {tuple, list, set, frozenset} for kind in kinds):
        return text
    if text.lstrip().startswith("["):
        try:
            return msgspec.json.decode(text.encode())
        except msgspec.DecodeError:
            return text
    return [part.strip() for part in text.split(",") if part.strip()]


def _is_secret(field: FieldInfo) -> bool:
    return SecretStr in _kinds(field.annotation)


def _kinds(annotation: object) -> tuple[object, ...]:
    """What a value may be: the members of a union, or the one type."""
    return get_args(annotation) if get_origin(annotation) in {Union, UnionType} else (annotation,)
