"""Rows of the gazetteer: term, kind, country, flags; and how many rows become a sorted file."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ruamel.yaml import YAML

TABLES = Path(__file__).parents[2] / "ingest" / "annotate" / "tables"
BLOCKED = "-"
# When one term has several kinds, the first of these is its meaning.
PRECEDENCE = "XNAPCSOLG"
GLUED = "g"  # the flag of a name that may stand inside a run of letters, beside its row as a word


class Row(NamedTuple):
    """One written form; kinds and flags are those of ingest/annotate/gazetteer.py."""

    term: str
    kind: str
    code: str
    flags: str = ""
    years: str = ""


def read_table(path: Path) -> list[list[str]]:
    """The cells of a tab-separated table; lines that start with # are comments."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]


@cache
def words(name: str) -> frozenset[str]:
    """A list of tables/en/words.yaml."""
    table = YAML(typ="safe").load((TABLES / "en" / "words.yaml").read_text(encoding="utf-8"))
    return frozenset(table[name])


def names(cell: str) -> list[str]:
    """The entries of a cell, which semicolons part."""
    return [name.strip() for name in cell.split(";") if name.strip()]


def is_acronym(term: str) -> bool:
    """Tell whether a term is only itself in capitals: US, UAE, IDF."""
    return term.isupper() and len(term) <= 6 and " " not in term


def to_text(rows: Iterable[Row]) -> str:
    """Sort rows into the text of a data file: one meaning a term, several codes only for people."""
    kept: dict[tuple[str, bool], list[Row]] = {}
    for row in rows:
        kept.setdefault((row.term, GLUED in row.flags), []).append(row)
    lines = [line for term in sorted(kept) for line in _lines(kept[term])]
    return "".join(f"{line}\n" for line in lines)


def _lines(rows: list[Row]) -> list[str]:
    best = min(PRECEDENCE.index(row.kind) for row in rows)
    same = sorted({row for row in rows if PRECEDENCE.index(row.kind) == best})
    if PRECEDENCE[best] == "G" and len({row.code for row in same}) > 1:
        return []
    if PRECEDENCE[best] != "L":
        same = same[:1]
    return ["\t".join(row).rstrip("\t") for row in same]
