"""Country codes and their English names: ISO 3166-1 alpha-2 plus XK (Kosovo).

Territories that have a code of their own (PS, TW, HK, GL …) are countries here. `data/countries.tsv` holds
one line a code; the names are those of English news ("Turkey", "South Korea"), not the official ones.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files


def is_country(code: str) -> bool:
    """Tell whether `code` is a code we know; case matters ("tr" is none)."""
    return code in _names()


def name(code: str) -> str:
    """Return the English name of a code; KeyError where `is_country` says no."""
    return _names()[code]


def codes() -> Iterator[str]:
    """All codes, in alphabetical order."""
    return iter(_names())


@cache
def _names() -> dict[str, str]:
    text = files("stream.geo").joinpath("data/countries.tsv").read_text(encoding="utf-8")
    names: dict[str, str] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            code, english = line.split("\t")
            names[code] = english
    return names
