"""Pairs of countries that East Asian newspapers write as one word: "中美贸易", "日米首脳", "한미"."""

from typing import Any

from scripts.gazetteer.rows import BLOCKED, Row


def rows(table: Any) -> list[Row]:
    """The rows of one language out of tables/world/compounds.yaml: each names both countries.

    Short forms of one character each are so short that chance brings them together ("其中", "日中"), so a
    pair counts with a noun behind it; `alone` are words that mean nothing else (BLOCKED: no country).
    """
    short: dict[str, str] = table["short"]
    made = [
        Row(first + second + noun, "N", f"{short[first]} {short[second]}")
        for first, second in table["pairs"]
        for noun in table["nouns"]
    ]
    made += [Row(term, "X" if codes == BLOCKED else "N", codes) for term, codes in table["alone"].items()]
    return made
