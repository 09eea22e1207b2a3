"""Short forms in YAML: one word for a list of one, a list or word for a mapping with one key."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

WORD = (str, int, float, bool)  # what an unquoted word may have become; `check` takes it as written


@dataclass(frozen=True, slots=True, eq=False)
class Short:
    """Annotation: `unfold` turns the short form into the long one.

    `schema` is the JSON Schema of the short form; without it the short form is an item of the long one.
    """

    unfold: Callable[[Any], Any]
    schema: dict[str, Any] | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.unfold, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        long = handler(schema)
        return {"anyOf": [self.schema or long["items"], long]}


def one_as_list(value: Any) -> Any:
    """`publisher: BBC` is `publisher: [BBC]`."""
    return [value] if isinstance(value, WORD) else value


def keys_as_list(value: Any) -> Any:
    """`none: {theme: a, text: b}` is `none: [{theme: a}, {text: b}]`."""
    return [{key: part} for key, part in value.items()] if isinstance(value, dict) else value


TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
ONE_OR_MORE = Short(one_as_list)
