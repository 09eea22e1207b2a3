"""Whom an event relates, and in which of its sentences; a territory is related where its state is."""

from collections.abc import Iterator, Sequence

from alerts.match.document import TEXT, TITLE
from stream.event import ArticleEvent, Mention
from stream.geo.territories import sovereigns


def place_of(field: str, sentence: int) -> int:
    """The place of a sentence of the event; the title is one sentence."""
    return TITLE if field == "title" else TEXT + max(sentence, 0)


def related(event: ArticleEvent) -> Iterator[tuple[int, tuple[str, str]]]:
    """Places and the countries related there, strongest first.

    Beside its state a territory counts as a part of it: "Fiji asks China for a port in Hong Kong" is of Fiji
    and China. Who watches the territory must not miss it, so it is related with Fiji too.
    """
    territories = [mention for mention in event.mentions if mention.country in sovereigns()]
    for relation in event.relations:
        place = place_of(relation.field, relation.sentence)
        yield place, relation.countries
        if territories:
            yield from _of_territories(territories, place, relation.countries)


def _of_territories(
    territories: Sequence[Mention], place: int, countries: tuple[str, str]
) -> Iterator[tuple[int, tuple[str, str]]]:
    for mention in territories:
        state = sovereigns()[mention.country]
        takes_part = mention.role == "participant" and place_of(mention.field, mention.sentence) == place
        if takes_part and state in countries and mention.country not in countries:
            other = countries[countries[0] == state]
            yield place, (min(mention.country, other), max(mention.country, other))
