"""A validator for the keywords that the event's JSON Schema uses; a new keyword fails loudly."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

Schema = dict[str, Any]
_NOTES = {"$schema", "$id", "$defs", "title", "description", "default"}
_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
    "null": type(None),
}


class Checker:
    """Checks documents against one schema, resolving references within it."""

    def __init__(self, root: Schema) -> None:
        self._root = root

    def faults(self, value: Any, schema: Any = None, at: str = "$") -> list[str]:
        """Where the document breaks the schema; empty when it is valid."""
        schema = self._root if schema is None else schema
        if isinstance(schema, bool):
            return [] if schema else [f"{at}: not allowed"]
        found: list[str] = []
        for keyword in schema.keys() - _NOTES:
            check: Callable[[Any, Schema, str], Iterator[str]] = getattr(self, f"_{keyword.strip('$')}")
            found += check(value, schema, at)
        return found

    def _ref(self, value: Any, schema: Schema, at: str) -> Iterator[str]:
        yield from self.faults(value, self._root["$defs"][schema["$ref"].removeprefix("#/$defs/")], at)

    def _type(self, value: Any, schema: Schema, at: str) -> Iterator[str]:
        wanted = schema["type"]
        is_bool_for_int = wanted == "integer" and isinstance(value, bool)
        if not isinstance(value, _TYPES[wanted]) or is_bool_for_int:
            yield f"{at}: no {wanted}"

    def _enum(self, value: Any, schema: Schema, at: str) -> Iterator[str]:
        if value not in schema["enum"]:
            yield f"{at}: {value!r} is none of {schema['enum']}"

    def _anyOf(self, value: Any, schema: Schema, at: str) -> Iterator[str]:  # noqa: N802  the keyword's name
        if all(self.faults(value, choice, at) for choice in schema["anyOf"]):
            yield f"{at}: fits no choice"

    def _format(self, value: Any, schema: Schema, at: str) -> Iterator[str]:
        assert schema["format"] == "date-time"
        if isinstance(value, str) and datetime.fromisoformat(value).tzinfo is None:
            yield f"{at}: no date-time"

    def _required(self, value: Any, schema: Schema, at: str) -> Iterator[str]:
        if isinstance(value, dict):
            yield from (f"{at}: lacks {name}" for name in schema["required"] if name not in value)

    def _properties(self, value: Any, schema: Schema, at: str) -> Iterator[str]:
        if isinstance(value, dict):
            for name in schema["properties"].keys() & value.keys():
                yield from self.faults(value[name], schema["properties"][name], f"{at}.{name}")

    def _additionalProperties(self, value: Any, schema: Schema, at: str) -> Iterator[str]:  # noqa: N802  the keyword's name
        if isinstance(value, dict):
            for name in value.keys() - schema.get("properties", {}).keys():
                yield from self.faults(value[name], schema["additionalProperties"], f"{at}.{name}")

    def _items(self, value: Any, schema: Schema, at: str) -> Iterator[str]:
        if isinstance(value, list):
            for n, item in enumerate(value[len(schema.get("prefixItems", [])) :]):
                yield from self.faults(item, schema["items"], f"{at}[{n}]")

    def _prefixItems(self, value: Any, schema: Schema, at: str) -> Iterator[str]:  # noqa: N802  the keyword's name
        if isinstance(value, list):
            for n, (item, wanted) in enumerate(zip(value, schema["prefixItems"], strict=False)):
                yield from self.faults(item, wanted, f"{at}[{n}]")

    def _minLength(self, value: Any, schema: Schema, at: str) -> Iterator[str]:  # noqa: N802  the keyword's name
        if isinstance(value, str) and len(value) < schema["minLength"]:
            yield f"{at}: too short"

    def _maxLength(self, value: Any, schema: Schema, at: str) -> Iterator[str]:  # noqa: N802  the keyword's name
        if isinstance(value, str) and len(value) > schema["maxLength"]:
            yield f"{at}: too long"

    def _minimum(self, value: Any, schema: Schema, at: str) -> Iterator[str]:
        if isinstance(value, int) and value < schema["minimum"]:
            yield f"{at}: too small"

    def _maximum(self, value: Any, schema: Schema, at: str) -> Iterator[str]:
        if isinstance(value, int) and value > schema["maximum"]:
            yield f"{at}: too large"

    def _minItems(self, value: Any, schema: Schema, at: str) -> Iterator[str]:  # noqa: N802  the keyword's name
        if isinstance(value, list) and len(value) < schema["minItems"]:
            yield f"{at}: too short"

    def _maxItems(self, value: Any, schema: Schema, at: str) -> Iterator[str]:  # noqa: N802  the keyword's name
        if isinstance(value, list) and len(value) > schema["maxItems"]:
            yield f"{at}: too long"
