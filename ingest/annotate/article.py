"""From sentences to the article: which relations it reports, which countries it is about."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ingest.annotate.relations import STRONG, Pair
from stream.event import Field, Mention, Relation

_TITLE_WEIGHT = 4.0
_LEAD_WEIGHT = 2.0
_PASSING_WEIGHT = 0.25


class SentencePairs(NamedTuple):
    """The pairs one sentence relates, and whether it points back at a pair ("the two countries")."""

    field: Field
    sentence: int
    pairs: Sequence[Pair]
    points_back: bool = False


def relations(found: Sequence[SentencePairs]) -> tuple[Relation, ...]:
    """Choose what the article reports, strongest first.

    The title's pairs and those of the first sentence that relates any are the article's. Later sentences
    count for these, and for a pair that two of them report; all else is background.
    """
    main = _main(found)
    repeated = Counter(p.countries for s in found for p in s.pairs if p.strength >= STRONG)
    kept = main | {countries for countries, times in repeated.items() if times > 1}
    chosen = [*_reports(found, main, kept), *_back_references(found, main)]
    chosen.sort(key=lambda item: item[0])
    unique = {
        (relation.countries, relation.field, relation.sentence): relation for _, relation in reversed(chosen)
    }
    return tuple(reversed(unique.values()))


def _main(found: Sequence[SentencePairs]) -> set[tuple[str, str]]:
    main: set[tuple[str, str]] = set()
    for sentence in found:
        if sentence.pairs and (sentence.field == "title" or not main):
            main.update(pair.countries for pair in sentence.pairs)
    return main


_Order = tuple[bool, bool, int, int]
"""Background, weak, place, back reference: smaller is stronger."""


def _reports(
    found: Sequence[SentencePairs], main: set[tuple[str, str]], kept: set[tuple[str, str]]
) -> Iterator[tuple[_Order, Relation]]:
    for place, sentence in enumerate(found):
        for pair in sentence.pairs:
            is_main = pair.countries in main
            if pair.countries in kept and (is_main or pair.strength >= STRONG):
                yield (
                    (not is_main, pair.strength < STRONG, place, 0),
                    _relation(sentence, pair.countries, pair.reason),
                )


def _back_references(
    found: Sequence[SentencePairs], main: set[tuple[str, str]]
) -> Iterator[tuple[_Order, Relation]]:
    """Read "the two countries" as the pair related last before it, if that is one of the article's."""
    last: tuple[str, str] | None = None
    for place, sentence in enumerate(found):
        strong = {pair.countries for pair in sentence.pairs}
        if sentence.points_back and last in main and last is not None and not strong - {last}:
            yield (False, False, place, 1), _relation(sentence, last, "the two")
        if len(strong & main) == 1:
            last = next(iter(strong & main))


def _relation(sentence: SentencePairs, countries: tuple[str, str], reason: str) -> Relation:
    return Relation(countries=countries, field=sentence.field, sentence=sentence.sentence, reason=reason)


def salient(mentions: Sequence[Mention], related: Sequence[Relation]) -> tuple[str, ...]:
    """Countries that take part somewhere, or are in the title; most salient first.

    Related countries come before others of equal weight. Where none takes part, all that are named.
    """
    weights: defaultdict[str, float] = defaultdict(float)
    taking = {m.country for m in mentions if m.role == "participant" or m.field == "title"}
    for mention in mentions:
        place = _TITLE_WEIGHT if mention.field == "title" else _LEAD_WEIGHT if mention.sentence == 0 else 1.0
        weights[mention.country] += place if mention.role == "participant" else place * _PASSING_WEIGHT
    for relation in related:
        for code in relation.countries:
            weights[code] += 1.0
    taking |= {code for relation in related for code in relation.countries}
    order = {code: place for place, code in enumerate(weights)}
    chosen = taking or set(weights)
    return tuple(sorted(chosen, key=lambda code: (-weights[code], order[code])))
