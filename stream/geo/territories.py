"""Territories with a country code of their own, and the state each of them belongs to.

`data/territories.tsv` holds one line a state. Territories that another state claims are left out.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def sovereigns() -> Mapping[str, str]:
    """The state of each territory, by codes: Hong Kong's is China, Greenland's Denmark."""
    text = files("stream.geo").joinpath("data/territories.tsv").read_text(encoding="utf-8")
    lines = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {territory: state for state, territories in lines for territory in territories.split()}
