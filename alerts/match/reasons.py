"""Why a clause holds for an event or not, in words that are true of the event.

Asked for by `explain` alone, so it may look at the event again. A denial says no more than was looked at:
what is said not to be named is in neither title nor text, and what is said to match would.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from alerts.match.countries import evaluate_countries
from alerts.match.evaluate import Scene
from alerts.match.passages import field_of, spots
from alerts.match.proof import Verdict
from alerts.watchlist.clauses import All, AnyOf, Clause, Countries, Filter, Not, Text, Theme
from stream.event import Mention

_SHOWN = 6  # alternatives that are written out
_PASSING = {
    "place": "as a place",
    "dateline": "in a dateline",
    "attribution": "as a source",
    "mediator": "as a mediator",
    "example": "as an example",
    "people": "as an ethnic group",
    "sports": "in sport",
    "topic": "as a topic",
    "border": "at a border",
}


def reason(verdict: Verdict, scene: Scene, place: int | None) -> str:
    """Say why a clause holds in a sentence (anywhere for None) or does not; may be empty."""
    clause = verdict.clause
    if isinstance(clause, Not):
        return "it does not hold" if verdict.holds else "it holds"
    if verdict.holds_at(place):
        return _countries_at(verdict, place) if isinstance(clause, Countries) else ""
    return "not in the sentence that decides" if verdict.holds else _denial(clause, verdict, scene)


def some(values: Sequence[str]) -> str:
    """Write alternatives out, as many as a line takes."""
    more = f" or {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
    return " or ".join(values[:_SHOWN]) + more


def _countries_at(verdict: Verdict, place: int | None) -> str:
    proofs = verdict.places[min(verdict.places) if place is None else place]
    return " and ".join(proofs[0].countries)


def _denial(clause: Clause, verdict: Verdict, scene: Scene) -> str:
    match clause:
        case All():
            each_holds = all(part.holds for part in verdict.parts)
            return "each part holds, but no sentence holds them all" if each_holds else ""
        case Countries():
            return _deny_countries(clause, scene)
        case Theme():
            return _deny_theme(clause, scene)
        case Text():
            return _deny_text(clause, scene)
        case Filter():
            return f"it is {getattr(scene.document.event, clause.field) or 'not given'}"
        case AnyOf() | Not():
            return ""


def _deny_countries(clause: Countries, scene: Scene) -> str:
    document, pairs = scene.document, scene.pairs
    mentions = document.event.mentions
    if evaluate_countries(replace(clause, salience="any"), document, pairs).holds:
        return f"only outside the {clause.salience}"
    absent = [group for group in clause.groups if not _of(group, mentions)]
    if absent:
        return f"neither title nor text names {' nor '.join(map(some, absent))}"
    if clause.role == "mentioned":
        return f"no sentence names {_all(clause, ' together with ')}"
    would_match = evaluate_countries(replace(clause, role="mentioned"), document, pairs).holds
    return _deny_part(clause, mentions) + ("; `as: mentioned` would match" if would_match else "")


def _deny_part(clause: Countries, mentions: Sequence[Mention]) -> str:
    """Say why countries that are all named do not take part as the clause wants."""
    passing = [said for group in clause.groups if (said := _in_passing(group, mentions))]
    if passing:
        return ", and ".join(passing)
    if clause.mode == "pair":
        return f"no sentence reports a relation of {_all(clause, ' with ')}"
    return f"no sentence has {_all(clause, ' together with ')} take part"


def _in_passing(group: Sequence[str], mentions: Iterable[Mention]) -> str:
    """Say how the countries of a group are named if all of their mentions are passing, else nothing."""
    found = _of(group, mentions)
    if any(mention.role == "participant" for mention in found):
        return ""
    ways = " and ".join(sorted({_PASSING.get(mention.reason, "in passing") for mention in found}))
    codes = tuple(dict.fromkeys(mention.country for mention in found))
    return f"{some(codes)} {'is' if len(codes) == 1 else 'are'} named {ways} only"


def _deny_theme(clause: Theme, scene: Scene) -> str:
    triggers = scene.themes.get(clause.name, [])
    labels = sorted({label for _, labels in triggers for label in labels if label in clause.exclude})
    if labels:
        return f"only {', '.join(labels)}, which the rule excludes"
    language = scene.document.event.language
    if scene.document.lexicon.has_words(clause.name, language):
        return "no trigger found"
    return f"no trigger found; the theme has no words in the language of the article ({language})"


def _deny_text(clause: Text, scene: Scene) -> str:
    found = sorted(spots(clause, scene.document, scene.vocabulary, scene.effort))
    if not found:
        return "not found"
    if any(field_of(clause, scene.document, spot) for spot in found):
        return f"found, but spread over more than one {clause.within}"
    return f"found in the {' and '.join(sorted({spot.field for spot in found}))} only"


def _of(group: Sequence[str], mentions: Iterable[Mention]) -> list[Mention]:
    return [mention for mention in mentions if mention.country in group]


def _all(clause: Countries, joint: str) -> str:
    return joint.join(map(some, clause.groups))
