"""From sentences to the article: which relations it reports, which countries it is about."""

from collections.abc import Iterator, Sequence
from operator import itemgetter

from msgspec import Struct

from ingest.annotate.relations import STRONG, Pair
from stream.event import Field, Mention, Relation

_TITLE_WEIGHT = 4.0
_LEAD_WEIGHT = 2.0
_PASSING_WEIGHT = 0.25


class SentencePairs(Struct, frozen=True, gc=False):
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
    if not main:
        return ()
    kept = main | _repeated(found)
    chosen = [*_reports(found, main, kept), *_back_references(found, main)]
    chosen.sort(key=itemgetter(0))
    unique: dict[tuple[tuple[str, str], int], str] = {}
    for _, place, countries, reason in chosen:
        unique.setdefault((countries, place), reason)
    return tuple([_relation(pair, found[place], reason) for (pair, place), reason in unique.items()])


def _relation(countries: tuple[str, str], where: SentencePairs, reason: str) -> Relation:
    return Relation(countries=countries, field=where.field, sentence=where.sentence, reason=reason)


def _repeated(found: Sequence[SentencePairs]) -> set[tuple[str, str]]:
    """Pairs that are related strongly more than once."""
    once: set[tuple[str, str]] = set()
    repeated: set[tuple[str, str]] = set()
    for sentence in found:
        for pair in sentence.pairs:
            if pair.strength >= STRONG:
                (repeated if pair.countries in once else once).add(pair.countries)
    return repeated


def _main(found: Sequence[SentencePairs]) -> set[tuple[str, str]]:
    main: set[tuple[str, str]] = set()
    for sentence in found:
        if sentence.pairs and (sentence.field == "title" or not main):
            main.update(pair.countries for pair in sentence.pairs)
    return main


_Order = tuple[bool, bool, int, int]
"""Background, weak, place, back reference: smaller is stronger."""


_Report = tuple[_Order, int, tuple[str, str], str]
"""How strong, where among the sentences, of whom, why."""


def _reports(
    found: Sequence[SentencePairs], main: set[tuple[str, str]], kept: set[tuple[str, str]]
) -> Iterator[_Report]:
    for place, sentence in enumerate(found):
        for pair in sentence.pairs:
            if pair.countries not in kept:
                continue
            is_main, is_strong = pair.countries in main, pair.strength >= STRONG
            if is_main or is_strong:
                yield (not is_main, not is_strong, place, 0), place, pair.countries, pair.reason


def _back_references(found: Sequence[SentencePairs], main: set[tuple[str, str]]) -> Iterator[_Report]:
    """Read "the two countries" as the pair related last before it, if that is one of the article's."""
    last: tuple[str, str] | None = None
    if not any(sentence.points_back for sentence in found):
        return
    for place, sentence in enumerate(found):
        if not sentence.pairs and not sentence.points_back:
            continue
        strong = {pair.countries for pair in sentence.pairs}
        if sentence.points_back and last in main and last is not None and not strong - {last}:
            yield (False, False, place, 1), place, last, "the two"
        if len(strong & main) == 1:
            last = next(iter(strong & main))


def salient(mentions: Sequence[Mention], related: Sequence[Relation]) -> tuple[str, ...]:
    """Countries that take part somewhere, or are in the title; most salient first.

    Related countries come before others of equal weight. Where none takes part, all that are named.
    """
    weights: dict[str, float] = {}
    taking: set[str] = set()
    for mention in mentions:
        country = mention.country
        weight = _TITLE_WEIGHT if mention.field == "title" else _LEAD_WEIGHT if mention.sentence == 0 else 1.0
        if mention.role != "participant":
            weight *= _PASSING_WEIGHT
        if mention.field == "title" or mention.role == "participant":
            taking.add(country)
        weights[country] = weights.get(country, 0.0) + weight
    for relation in related:
        for code in relation.countries:
            weights[code] += 1.0
            taking.add(code)
    chosen = [code for code in weights if code in taking] if taking else list(weights)
    chosen.sort(key=weights.__getitem__, reverse=True)
    return tuple(chosen)
