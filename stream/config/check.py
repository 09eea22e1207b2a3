"""Check a document against a pydantic model; every error becomes a problem with its place.

The document is validated as JSON, so that strict models take lists for tuples and text for paths. Where a
model wants text and a person wrote `012` or `true`, the text as written is taken.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, Generic, TypeVar

import msgspec
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from stream.config import node as tree
from stream.config.known import known_keys
from stream.config.node import Document, Node, Path, Scalar
from stream.config.problem import ConfigProblem, did_you_mean
from stream.config.read import read
from stream.config.secrecy import shown_key

T = TypeVar("T")

_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "dict_type": "a mapping (key: value)",
    "model_type": "a mapping (key: value)",
    "model_attributes_type": "a mapping (key: value)",
}
_BOUNDS = {
    "string_pattern_mismatch": ("{name} is not written as it must be", "{pattern}"),
    "too_short": ("{name} has too few entries", "at least {min_length}"),
    "too_long": ("{name} has too many entries", "at most {max_length}"),
    "string_too_short": ("{name} is too short", "at least {min_length} characters"),
    "string_too_long": ("{name} is too long", "at most {max_length} characters"),
    "greater_than": ("{name} is too small", "more than {gt}"),
    "greater_than_equal": ("{name} is too small", "at least {ge}"),
    "less_than": ("{name} is too large", "less than {lt}"),
    "less_than_equal": ("{name} is too large", "at most {le}"),
}
_QUOTED = re.compile(r"'([^']*)'")


@dataclass(frozen=True, slots=True)
class Checked(Generic[T]):
    """What checking gave: the value, or None where a problem is an error."""

    value: T | None
    problems: tuple[ConfigProblem, ...] = ()


def load(
    path: FilePath,
    adapter: TypeAdapter[T],
    *,
    context: object = None,
    later: Mapping[str, str] | None = None,
    name: str | None = None,
) -> Checked[T]:
    """Read a file and check it; `context`, `later` and `name` as in `check` and `read`."""
    document, problems = read(path, name)
    if document is None:
        return Checked(None, problems)
    checked = check(document, adapter, context=context, later=later)
    return Checked(None if problems else checked.value, (*problems, *checked.problems))


def check(
    document: Document,
    adapter: TypeAdapter[T],
    *,
    at: Path = (),
    context: object = None,
    later: Mapping[str, str] | None = None,
) -> Checked[T]:
    """Validate the part of a document at a path.

    `context` is handed to the model's validators. `later` maps keys that are planned to what to say of them.
    A validator of the model can raise PydanticCustomError with `wanted`, `suggestion` and, for a place
    below the value it was given, `at` (a tuple of keys) in its context; these reach the problem.
    """
    node = document.at(at)
    try:
        return Checked(_validate(adapter, node, context))
    except ValidationError as error:
        return Checked(None, explain(document, adapter, error.errors(include_url=False), at=at, later=later))


def explain(
    document: Document,
    adapter: TypeAdapter[Any],
    errors: list[ErrorDetails],
    *,
    at: Path = (),
    later: Mapping[str, str] | None = None,
) -> tuple[ConfigProblem, ...]:
    """Say where in a document errors stand that pydantic found in a value made from it, in its order."""
    explainer = _Explainer(document, at, adapter, later or {})
    problems = [explainer.problem(one) for one in _causes(errors)]
    return tuple(sorted(dict.fromkeys(problems), key=lambda one: (one.line, one.column)))


def _validate(adapter: TypeAdapter[T], node: Node, context: Any) -> T:
    value = tree.plain(node)
    try:
        return adapter.validate_json(msgspec.json.encode(value), context=context)
    except ValidationError as error:
        texts = [one["loc"] for one in error.errors(include_url=False) if one["type"] == "string_type"]
        taken = [_take_as_written(value, node, path) for path in texts]
        if not any(taken):
            raise
    return adapter.validate_json(msgspec.json.encode(value), context=context)


def _causes(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Leave out "too short" where it only says that the items of a list have errors of their own."""
    places = [error["loc"] for error in errors]
    return [
        error
        for error in errors
        if error["type"] != "too_short"
        or not any(place[: len(error["loc"])] == error["loc"] for place in places if place != error["loc"])
    ]


def _take_as_written(value: object, node: Node, path: Path) -> bool:
    """Replace a number or truth value where text is wanted; says whether there was one."""
    for part in path:
        below = tree.child(node, part)
        if below is None:
            continue
        if isinstance(below, Scalar) and below.text and not isinstance(below.value, str | None):
            value[part] = below.text  # type: ignore[index]  # the plain value has the shape of its node
            return True
        node, value = below, value[part]  # type: ignore[index]  # same
    return False


@dataclass(frozen=True, slots=True)
class _Explainer:
    document: Document
    base: Path
    adapter: TypeAdapter[Any]
    later: Mapping[str, str]

    def problem(self, error: ErrorDetails) -> ConfigProblem:
        context = error.get("ctx", {})
        path = (*self.base, *error["loc"], *context.get("at", ()))
        if path[-1:] == ("[key]",):
            return self._bad_key(path[:-1], error)
        kind, tag = error["type"], str(context.get("discriminator")).strip("'")
        if kind in {"missing", "union_tag_not_found"}:
            return self._missing(path if kind == "missing" else (*path, tag))
        if kind == "extra_forbidden":
            return self._unknown(path, error["loc"][:-1])
        if kind in {"literal_error", "enum"}:
            return self._choice(path, str(context["expected"]))
        if kind == "union_tag_invalid":
            return self._choice((*path, tag), str(context["expected_tags"]))
        return self._wrong(path, error)

    def _wrong(self, path: Path, error: ErrorDetails) -> ConfigProblem:
        context, name = error.get("ctx", {}), self._name(path)
        wanted = _WANTED.get(error["type"])
        message = f"{name} is not {wanted}" if wanted else _sentence(error)
        if error["type"] in _BOUNDS:
            message, wanted = (text.format(name=name, **context) for text in _BOUNDS[error["type"]])
        return self.document.problem(
            path,
            message,
            wanted=wanted or context.get("wanted"),
            suggestion=context.get("suggestion") or None,
        )

    def _missing(self, path: Path) -> ConfigProblem:
        message = f'the key "{path[-1]}" is missing here'
        return self.document.problem(path[:-1], message, found=None)

    def _unknown(self, path: Path, parent: Path) -> ConfigProblem:
        key = str(path[-1])
        if key in self.later:
            return self.document.problem(path, self.later[key], at_key=True)
        keys = known_keys(self.adapter, parent)
        return self.document.problem(
            path,
            f'the key "{shown_key(key)}" is not known here',
            at_key=True,
            wanted=", ".join(keys) or None,
            suggestion=did_you_mean(key, keys),
        )

    def _bad_key(self, path: Path, error: ErrorDetails) -> ConfigProblem:
        choices = _QUOTED.findall(str(error.get("ctx", {}).get("expected", "")))
        key = str(path[-1])
        return self.document.problem(
            path,
            f'"{shown_key(key)}" is no key that may stand here',
            at_key=True,
            wanted=", ".join(choices) or _sentence(error),
            suggestion=did_you_mean(key, choices),
        )

    def _choice(self, path: Path, expected: str) -> ConfigProblem:
        choices = _QUOTED.findall(expected)
        found = self.document.at(path)
        near = did_you_mean(found.text, choices) if isinstance(found, Scalar) else None
        message = f"{self._name(path)} is none of the words it may be"
        return self.document.problem(path, message, wanted=", ".join(choices), suggestion=near)

    def _name(self, path: Path) -> str:
        place = self.document.place(path)
        return place.rpartition(".")[2] if place else "the file"


def _sentence(error: ErrorDetails) -> str:
    message = error["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return message[:1].lower() + message[1:] if message[1:2].islower() else message
