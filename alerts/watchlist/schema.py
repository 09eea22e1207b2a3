"""The JSON Schema of watchlists, for editors that complete and check YAML while it is written."""

from typing import Any

from alerts.watchlist.model import WATCHLIST


def watchlist_schema() -> dict[str, Any]:
    """Give the schema (draft 2020-12). It knows the shapes; names of themes and countries it does not."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:wirewatch:schema:watchlist:1",
        "title": "Wirewatch watchlist",
        **{key: value for key, value in WATCHLIST.json_schema().items() if key != "title"},
    }
