"""Whom an event relates, and in which of its sentences; a territory is related where its state is."""

from collections.abc import Iterator, Mapping, Sequence

from alerts.match.document import place_of
from stream.event import ArticleEvent
from stream.geo.territories import sovereigns

PlacesOfPairs = Mapping[tuple[str, str], Mapping[int, int]]
"""For each pair that is related the places where, each with the rank of its relation: 0 is strongest."""


def places_of_pairs(event: ArticleEvent) -> PlacesOfPairs:
    """Read `related` once for all rules: many ask for one pair, and a text may have thousands."""
    found: dict[tuple[str, str], dict[int, int]] = {}
    for rank, (place, pair) in enumerate(related(event)):
        found.setdefault(pair, {}).setdefault(place, rank)
    return found


def related(event: ArticleEvent) -> Iterator[tuple[int, tuple[str, str]]]:
    """Places and the countries related there, strongest first.

    Beside its state a territory counts as a part of it: "Fiji asks China for a port in Hong Kong" is of Fiji
    and China. Who watches the territory must not miss it, so it is related with Fiji too.
    """
    territories = _territories(event)
    for relation in event.relations:
        place = place_of(relation.field, relation.sentence)
        yield place, relation.countries
        if place in territories:
            yield from _of_territories(territories[place], place, relation.countries)


def _territories(event: ArticleEvent) -> Mapping[int, Sequence[str]]:
    """The territories that take part, by place, in the order of their mentions."""
    found: dict[int, dict[str, None]] = {}
    states = sovereigns()
    for mention in event.mentions:
        if mention.country in states and mention.role == "participant":
            found.setdefault(place_of(mention.field, mention.sentence), {})[mention.country] = None
    return {place: tuple(codes) for place, codes in found.items()}


def _of_territories(
    territories: Sequence[str], place: int, countries: tuple[str, str]
) -> Iterator[tuple[int, tuple[str, str]]]:
    for territory in territories:
        state = sovereigns()[territory]
        if state in countries and territory not in countries:
            other = countries[countries[0] == state]
            yield place, (min(territory, other), max(territory, other))
