"""Which rules can hold for an event at all: rules indexed by what must be there for them to hold.

An *anchor* is a set of keys of which at least one must be present: a term, a theme, a pair of countries, a
country, a filter's value, a regex. Each rule is filed under the two anchors expected to be rarest, so only
rules of which both are there are evaluated.
"""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import NamedTuple

from alerts.match.evaluate import fold_value
from alerts.match.vocabulary import Vocabulary, split_phrase
from alerts.watchlist.clauses import (
    All,
    AnyOf,
    Clause,
    Countries,
    Filter,
    Near,
    Not,
    Phrase,
    Regex,
    Rule,
    Text,
    Theme,
)

Key = int | tuple[str, ...]  # a term of the vocabulary, or a kind with its value

# The share of articles expected to hold a key; only their order matters.
_PAIR, _COUNTRY, _THEME, _REGEX = 0.003, 0.05, 0.05, 0.05
_FILTER = {"source": 0.01, "publisher": 0.01, "publisher_country": 0.05, "section": 0.05, "language": 0.3}


class Anchor(NamedTuple):
    """Keys of which one must be present, and the share of articles expected to have one."""

    share: float
    keys: frozenset[Key]


class AnchorIndex:
    """Rules by their rarest anchor, then by the second rarest; immutable."""

    def __init__(self, rules: Sequence[Rule], vocabulary: Vocabulary) -> None:
        """File rules by their number. ValueError names one that has nothing positive."""
        self._filed: dict[Key, dict[Key | None, list[int]]] = {}
        self.keys: set[Key] = set()  # all that are asked for
        for number, rule in enumerate(rules):
            anchors = sorted(_anchors(rule.when, vocabulary), key=lambda anchor: anchor.share)
            if not anchors:
                raise ValueError(f"rule {rule.id}: nothing in it must be there, so it cannot be looked for")
            self._file(number, anchors[0].keys, anchors[1].keys if len(anchors) > 1 else frozenset({None}))

    def _file(self, number: int, firsts: frozenset[Key], seconds: Iterable[Key | None]) -> None:
        for first, second in product(firsts, seconds):
            self._filed.setdefault(first, {}).setdefault(second, []).append(number)
            self.keys.update(key for key in (first, second) if key is not None)

    def candidates(self, present: set[Key | None]) -> list[int]:
        """Numbers of the rules that can hold, in order; `present` must hold None."""
        found: set[int] = set()
        for first in self._filed.keys() & present:
            seconds = self._filed[first]
            for second in seconds.keys() & present:
                found.update(seconds[second])
        return sorted(found)


def _anchors(clause: Clause, vocabulary: Vocabulary) -> list[Anchor]:  # noqa: PLR0911  # a return a kind
    """Anchors that must all be there for the clause to hold."""
    match clause:
        case All(parts=parts):
            return [anchor for part in parts for anchor in _anchors(part, vocabulary)]
        case AnyOf(parts=parts):
            return _alternatives([_anchors(part, vocabulary) for part in parts])
        case Not():
            return []
        case Countries():
            return _country_anchors(clause)
        case Theme(name=name):
            return [Anchor(_THEME, frozenset({("theme", name)}))]
        case Text(terms=terms):
            return _alternatives([_term_anchors(term, vocabulary) for term in terms])
        case Filter(field=field, values=values):
            return [_filter_anchor(field, values)]


def _alternatives(options: Sequence[list[Anchor]]) -> list[Anchor]:
    """What must be there when one of several options must: their rarest anchors, if each has one."""
    if len(options) == 1:
        return options[0]
    if not all(options):
        return []
    rarest = [min(anchors, key=lambda anchor: anchor.share) for anchors in options]
    keys = frozenset[Key]().union(*(anchor.keys for anchor in rarest))
    return [Anchor(sum(anchor.share for anchor in rarest), keys)]


def _term_anchors(term: Phrase | Near | Regex, vocabulary: Vocabulary) -> list[Anchor]:
    match term:
        case Regex(pattern):
            return [Anchor(_REGEX, frozenset({("regex", pattern)}))]
        case Phrase(words, slop):
            return _phrase_anchors(words, vocabulary, is_loose=slop > 0)
        case Near(phrases):
            return [anchor for phrase in phrases for anchor in _phrase_anchors(phrase, vocabulary)]


def _phrase_anchors(phrase: str, vocabulary: Vocabulary, *, is_loose: bool = False) -> list[Anchor]:
    """Each piece of a phrase; the longer, the rarer."""
    folded = split_phrase(phrase, is_loose=is_loose)
    numbers = vocabulary.pieces(phrase, is_loose=is_loose)
    return [
        Anchor(0.2 * 0.7 ** len(term), frozenset({number}))
        for term, number in zip(folded, numbers, strict=True)
    ]


def _country_anchors(clause: Countries) -> list[Anchor]:
    if clause.mode == "pair" and clause.role == "participant":
        pairs = {("pair", *sorted(pair)) for pair in product(*clause.groups) if len(set(pair)) == len(pair)}
        return [Anchor(_PAIR * len(pairs), frozenset(pairs))]
    groups = [frozenset[Key](("country", code) for code in group) for group in clause.groups]
    return [Anchor(_COUNTRY * len(group), group) for group in groups]


def _filter_anchor(field: str, values: Sequence[str]) -> Anchor:
    if field == "language":
        keys = {("language", value.lower().partition("-")[0]) for value in values}
        return Anchor(_FILTER[field] * len(keys), frozenset(keys))
    return Anchor(
        _FILTER[field] * len(values), frozenset((field, fold_value(value).decode()) for value in values)
    )
