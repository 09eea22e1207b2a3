"""The rows of the detection sets, whichever of their labels a set has."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

Pair = tuple[str, str]


class Row(NamedTuple):
    """One labelled text; `segment` is shared by the translations of one sentence."""

    id: str
    text: str
    language: str
    pairs: frozenset[Pair]
    countries: frozenset[str]
    countries_loose: frozenset[str]
    themes: frozenset[str]
    segment: str = ""


def read_rows(path: Path) -> list[Row]:
    """Read one set."""
    return [_row(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def sorted_pair(codes: Sequence[str]) -> Pair:
    """A pair in alphabetical order."""
    first, second = sorted(codes)
    return first, second


def _row(document: dict[str, object]) -> Row:
    def strings(key: str) -> frozenset[str]:
        value = document.get(key)
        return frozenset(value) if isinstance(value, list) else frozenset()

    pairs = document.get("pairs")
    found = frozenset(sorted_pair(pair) for pair in pairs) if isinstance(pairs, list) else frozenset()
    return Row(
        str(document["id"]),
        str(document["text"]),
        str(document["lang"]) if "lang" in document else "en",
        found,
        strings("countries"),
        strings("countries") | strings("countries_loose"),
        strings("themes"),
        str(document.get("seg", "")),
    )
