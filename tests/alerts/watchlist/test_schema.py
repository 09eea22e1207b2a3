import json
from pathlib import Path

from alerts.watchlist.model import WATCHLIST
from alerts.watchlist.schema import watchlist_schema
from stream.config.known import known_keys

PUBLISHED = Path(__file__).parents[3] / "schemas" / "watchlist.v1.schema.json"


def test_given_the_models_when_the_schema_is_generated_then_it_is_the_published_one() -> None:
    published = json.loads(PUBLISHED.read_text(encoding="utf-8"))

    assert watchlist_schema() == published, (
        "run: wirewatch schema watchlist > schemas/watchlist.v1.schema.json"
    )


def test_given_the_schema_when_read_then_short_forms_are_allowed_beside_long_ones() -> None:
    definitions = watchlist_schema()["$defs"]

    condition = definitions["Condition"]["properties"]
    theme = condition["theme"]["anyOf"]
    assert {"type": "string"} in [*theme, *theme[0].get("anyOf", [])]
    assert set(condition) == {
        *("countries", "theme", "text", "source", "publisher", "publisher_country", "language", "section"),
        *("all", "any", "none"),
    }
    assert "as" in definitions["CountriesPart"]["properties"]


def test_given_a_place_in_a_watchlist_when_asked_for_its_keys_then_the_schema_knows_them() -> None:
    assert known_keys(WATCHLIST, ("rules", 0, "when", "none", 0, "text")) == (
        *("phrase", "slop", "near", "words", "regex", "any", "fields", "within", "of"),
    )
