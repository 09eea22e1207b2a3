"""What `annotate` and `match` print of an event: the shapes that scripts rely on. Pure."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from stream.event import Relation
from wirewatch.cli.articles import Article

if TYPE_CHECKING:
    from alerts.alert import Match
    from alerts.match.themes import ThemeHit

Row = dict[str, Any]


def annotation_row(article: Article, hits: "Iterable[ThemeHit]") -> Row:
    """One line of `annotate`: countries, pairs and themes, and where a theme meets a relation."""
    event, found = article.event, list(hits)
    return {
        "id": article.id,
        "event_id": event.event_id,
        "language": event.language,
        "mentioned": list(dict.fromkeys(mention.country for mention in event.mentions)),
        "countries": event.countries,
        "pairs": list(dict.fromkeys(_pair(relation) for relation in event.relations)),
        "themes": list(dict.fromkeys(hit.name for hit in found)),
        "evidence": list(_evidence(article, found)),
    }


def _evidence(article: Article, hits: "list[ThemeHit]") -> Iterator[Row]:
    """A theme's trigger and a relation in the same sentence; relations come strongest first."""
    for relation in article.event.relations:
        start, end = article.event.sentence_span(relation.field, relation.sentence)
        for hit in hits:
            if hit.field == relation.field and start <= hit.start < end:
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
