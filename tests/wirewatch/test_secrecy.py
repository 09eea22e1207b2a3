"""The keys that are known to be harmless are those of the models, and no secret is among them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import TypeAdapter

from alerts.routes import RoutesFile
from alerts.watchlist.model import WATCHLIST
from stream.config.secrecy import is_harmless, is_secret, secrets_of_url, shown_address, shown_value
from wirewatch.configuration import AnySink, SourcesFile
from wirewatch.settings import SETTINGS

ADAPTERS: tuple[TypeAdapter[Any], ...] = (
    SETTINGS,
    TypeAdapter(SourcesFile),
    TypeAdapter(AnySink),
    TypeAdapter(RoutesFile),
    WATCHLIST,
)


def properties(schema: object) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every key that a schema knows, with what may stand under it."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {}).items()
        for below in schema.values():
            yield from properties(below)
    elif isinstance(schema, list):
        for below in schema:
            yield from properties(below)


def known() -> list[tuple[str, dict[str, Any]]]:
    return [found for adapter in ADAPTERS for found in properties(adapter.json_schema())]


def is_section(below: dict[str, Any]) -> bool:
    """Whether mappings stand there, whose keys speak for themselves."""
    return "$ref" in json.dumps(below) or below.get("type") == "object"


def test_given_every_model_when_its_keys_are_looked_up_then_no_secret_is_taken_for_harmless() -> None:
    secret = {name for name, below in known() if "writeOnly" in json.dumps(below)}

    assert secret >= {"password", "token", "url", "headers", "secrets"}
    assert {name for name in secret if is_harmless(name)} == set()


def test_given_every_model_when_its_keys_are_looked_up_then_all_are_classified() -> None:
    """One that fails here belongs among the harmless keys of `secrecy`, if its value never is a secret."""
    unclassified = {
        name
        for name, below in known()
        if not (is_harmless(name) or is_secret(name) or is_section(below) or "writeOnly" in json.dumps(below))
    }

    assert unclassified == {"url"}


@pytest.mark.parametrize(
    ("keys", "text", "shown"),
    [
        (("web", "host"), "example.org", "example.org"),
        (("web", "hots"), "example.org", None),
        (("headers", "host"), "example.org", None),
        ((), "example.org", None),
        (("stream", "kafka", "bootstrap_servers"), "me:pass@broker:9092", "*******@broker:9092"),
        (("url",), "https://me:pass@example.org/rss?key=1", "https://*******@example.org/*********"),
        (("url",), "me:pass@example.org/rss", None),
    ],
)
def test_given_a_value_when_shown_then_its_keys_decide(
    keys: tuple[str, ...], text: str, shown: str | None
) -> None:
    assert shown_value(keys, text) == shown


def test_given_a_url_when_its_secrets_are_named_then_who_connects_and_the_query_are_among_them() -> None:
    assert secrets_of_url("https://me:pass@example.org/rss?f=1&key=abcdefgh") == {
        "me:pass",
        "pass",
        "f=1&key=abcdefgh",
        "abcdefgh",
    }
    assert shown_address("ftp://example.org/") is None
