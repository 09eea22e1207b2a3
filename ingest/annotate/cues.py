"""The words of one language that decide roles, as `tables/<language>/cues.yaml` lists them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Cues:
    """Classes of words and phrases, lower case; a language lists those it has.

    `title` stands before a leader's name; `actor` heads a phrase that acts ("Iranian army"); `event` and
    `land` head one that does not ("Syrian conflict", "Turkish soil"); `bilateral` heads one that relates
    two countries ("US–China talks"). `location` and `topic` are prepositions that make a country a place or
    a topic, `geo` the words between them and it; `talk` nouns make "on X" a topic. `subordinate` opens a
    clause that reports something else, `example` and `attribution` a mention that takes no part. `speech`
    verbs report, `reciprocal` verbs relate the members of their subject; `pair_words` point back at a pair.
    """

    title: frozenset[str] = _NONE
    actor: frozenset[str] = _NONE
    event: frozenset[str] = _NONE
    bilateral: frozenset[str] = _NONE
    land: frozenset[str] = _NONE
    geo: frozenset[str] = _NONE
    location: frozenset[str] = _NONE
    topic: frozenset[str] = _NONE
    talk: frozenset[str] = _NONE
    subordinate: frozenset[str] = _NONE
    example: frozenset[str] = _NONE
    attribution: frozenset[str] = _NONE
    speech: frozenset[str] = _NONE
    reciprocal: frozenset[str] = _NONE
    weak_suffix: frozenset[str] = _NONE
    pair_words: frozenset[str] = _NONE
    sports: frozenset[str] = _NONE
    conjunction: frozenset[str] = _NONE
    between: frozenset[str] = _NONE
    genitive: frozenset[str] = _NONE
    determiner: frozenset[str] = _NONE
    relative: frozenset[str] = _NONE
    border: frozenset[str] = _NONE
    beside: frozenset[str] = _NONE
    hostile: frozenset[str] = _NONE
    upon: frozenset[str] = _NONE
    complement: frozenset[str] = _NONE
    phrase_word: frozenset[str] = _NONE
    leading: frozenset[str] = _NONE
    reacting: frozenset[str] = _NONE
    joining_clause: frozenset[str] = _NONE
    facing: frozenset[str] = _NONE
    mediated: frozenset[str] = _NONE
    opener_words: frozenset[str] = _NONE
    governing: frozenset[str] = _NONE
    sports_alone: frozenset[str] = _NONE


def read(table: Mapping[str, Sequence[str]]) -> Cues:
    """Read the classes of `data/rules.json`; an unknown class is a TypeError."""
    known = {field.name for field in fields(Cues)}
    unknown = set(table) - known
    if unknown:
        raise TypeError(f"unknown classes of cues: {sorted(unknown)}")
    return Cues(**{name: frozenset(str(word) for word in words) for name, words in table.items()})
