"""What `annotate` and `match` print of an event: the shapes that scripts rely on. Pure."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from stream.event import Relation
from wirewatch.cli.articles import Article

if TYPE_CHECKING:
    from alerts.alert import Match
    from alerts.match.themes import ThemeHit

Row = dict[str, Any]

MAX_EVIDENCE = 500
"""Rows of an article: a text made of names and themes would have a million."""


def annotation_row(article: Article, hits: "Iterable[ThemeHit]") -> Row:
    """One line of `annotate`: countries, pairs and themes, and the first MAX_EVIDENCE meetings of the two."""
    event, found = article.event, list(hits)
    return {
        "id": article.id,
        "event_id": event.event_id,
        "language": event.language,
        "mentioned": list(dict.fromkeys(mention.country for mention in event.mentions)),
        "countries": event.countries,
        "pairs": list(dict.fromkeys(_pair(relation) for relation in event.relations)),
        "themes": list(dict.fromkeys(hit.name for hit in found)),
        "evidence": list(islice(_evidence(article, found), MAX_EVIDENCE)),
    }


def _evidence(article: Article, hits: "list[ThemeHit]") -> Iterator[Row]:
    """A theme's trigger and a relation in the same sentence; relations come strongest first."""
    by_field: dict[str, list[ThemeHit]] = {}  # in the order of the text
    for hit in hits:
        by_field.setdefault(hit.field, []).append(hit)
    for relation in article.event.relations:
        start, end = article.event.sentence_span(relation.field, relation.sentence)
        inside = by_field.get(relation.field, [])
        first, last = (bisect_left(inside, edge, key=attrgetter("start")) for edge in (start, end))
        for hit in islice(inside, first, last):
            yield {
                "pair": _pair(relation),
                "theme": hit.name,
                "labels": hit.labels,
                "field": hit.field,
                "sentence": hit.sentence,
                "start": hit.start,
                "end": hit.end,
            }


def _pair(relation: Relation) -> tuple[str, ...]:
    return tuple(sorted(relation.countries))


def match_row(article: Article, match: "Match") -> Row:
    """One line of `match`."""
    return {
        "id": article.id,
        "event_id": match.event.event_id,
        "rule": match.rule,
        "severity": match.severity,
        "countries": match.countries,
        "theme": match.theme,
        "labels": match.labels,
        "evidence": [
            {
                "clause": one.clause,
                "field": one.field,
                "sentence": one.sentence,
                "start": one.start,
                "end": one.end,
            }
            for one in match.evidence
        ],
    }
