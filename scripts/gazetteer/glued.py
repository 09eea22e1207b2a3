"""Names in the Arabic script as they stand where a space was lost: inside a run of letters.

Half of its letters join no letter after them, so a lost space is hardly seen, and converters and keyboards
lose many. A short name inside a word is chance; from some length on (`glued` of inflections.yaml) it is none.
"""

from collections.abc import Iterable

from scripts.gazetteer.rows import GLUED, Row

_ARTICLE = "ال"


def rows(names: Iterable[Row], adjectives: Iterable[Row], least: int) -> list[Row]:
    """For each long enough name a row that may stand inside a word, with its own spaces and without.

    Of the adjectives only those with the article: without it they are parts of other words too often.
    """
    found: list[Row] = []
    for row in [*names, *(row for row in adjectives if row.term.startswith(_ARTICLE))]:
        shut = row.term.replace(" ", "")
        if len(shut.replace("\u200c", "")) >= least:
            found += [Row(term, row.kind, row.code, GLUED) for term in dict.fromkeys((row.term, shut))]
    return found
