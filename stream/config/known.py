"""Which keys a model knows at a place, and what it wants there, read from its JSON Schema."""

from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter
from pydantic.errors import PydanticInvalidForJsonSchema

from stream.config.node import Path

_Schema = dict[str, Any]


def known_keys(adapter: TypeAdapter[Any], path: Path) -> tuple[str, ...]:
    """List the keys that the mapping at `path` may have; empty where the model cannot say.

    `path` is a pydantic error location: it may hold the tags of unions, which narrow the choice.
    """
    try:
        schema = adapter.json_schema()
    except PydanticInvalidForJsonSchema:
        return ()
    places = [schema]
    for part in path:
        places = [below for place in places for below in _step(_alternatives(place, schema), part)] or places
    keys = [
        key for place in places for one in _alternatives(place, schema) for key in one.get("properties", {})
    ]
    return tuple(dict.fromkeys(keys))


def _alternatives(place: _Schema, schema: _Schema) -> list[_Schema]:
    """Resolve references and unions to the schemas they stand for."""
    if "$ref" in place:
        name = place["$ref"].rpartition("/")[2]
        return _alternatives(schema["$defs"][name], schema)
    choices = [choice for word in ("anyOf", "oneOf", "allOf") for choice in place.get(word, ())]
    return [one for choice in choices for one in _alternatives(choice, schema)] or [place]


def _step(places: list[_Schema], part: str | int) -> Iterator[_Schema]:
    for place in places:
        properties = place.get("properties", {})
        below = place.get("items") if isinstance(part, int) else place.get("additionalProperties")
        if isinstance(part, str) and part in properties:
            yield properties[part]
        elif isinstance(part, str) and _is_tagged(properties, part):
            yield place
        elif isinstance(below, dict):
            yield below


def _is_tagged(properties: _Schema, tag: str) -> bool:
    """Whether a member of a union is the one whose `kind: tag` the location names."""
    return any(field.get("const") == tag for field in properties.values())
