"""What a rule's condition means: pure evaluation over one scanned event, with proofs.

A clause holds *everywhere* when it is bound to no sentence (filters, `none`, text in the article), else in
some sentences. `all` holds in the sentences in which each of its parts holds, `any` in those of any of its
parts, however they are nested: so countries and a theme beside them, or in an `any` beside them, are proven
by one and the same sentence. `none` holds when its part holds nowhere.
"""

from collections.abc import Mapping
from functools import cached_property, lru_cache

from alerts.match.countries import evaluate_countries
from alerts.match.document import OUTSIDE, Document
from alerts.match.effort import Effort
from alerts.match.passages import evaluate_text
from alerts.match.proof import Proof, Verdict
from alerts.match.related import PlacesOfPairs, places_of_pairs
from alerts.match.themes import Trigger, find_themes
from alerts.match.vocabulary import Vocabulary
from alerts.watchlist.clauses import All, AnyOf, Clause, Countries, Filter, Not, Text, Theme
from stream.text.fold import fold_term


class Scene:
    """A scanned event with the words that rules are made of; themes and pairs are found when asked for."""

    def __init__(self, document: Document, vocabulary: Vocabulary) -> None:
        self.document = document
        self.vocabulary = vocabulary
        self.effort = Effort()

    @cached_property
    def themes(self) -> Mapping[str, list[Trigger]]:
        """The triggers of each theme that is there."""
        return find_themes(self.document)

    @cached_property
    def pairs(self) -> PlacesOfPairs:
        """Where each pair of countries is related."""
        return places_of_pairs(self.document.event)


def evaluate(  # noqa: PLR0911  # a return a kind of clause
    clause: Clause, scene: Scene, *, is_thorough: bool = False
) -> Verdict:
    """Evaluate a clause; stops at what decides it unless `is_thorough` (for `explain`).

    Raises TooMuchWorkError for an event that would hold up the matcher.
    """
    match clause:
        case All():
            return _evaluate_all(clause, scene, is_thorough=is_thorough)
        case AnyOf():
            parts = tuple(evaluate(part, scene, is_thorough=is_thorough) for part in clause.parts)
            places: dict[int, tuple[Proof, ...]] = {place: () for part in parts for place in part.places}
            return Verdict(clause, any(part.everywhere for part in parts), places, parts)
        case Not():
            part = evaluate(clause.part, scene, is_thorough=is_thorough)
            return Verdict(clause, everywhere=not part.holds, parts=(part,))
        case Countries():
            return _counted(scene, evaluate_countries(clause, scene.document, scene.pairs))
        case Theme():
            return _evaluate_theme(clause, scene)
        case Text():
            return evaluate_text(clause, scene.document, scene.vocabulary, scene.effort)
        case Filter():
            return _evaluate_filter(clause, scene.document)


def _counted(scene: Scene, verdict: Verdict) -> Verdict:
    scene.effort.spend(len(verdict.places))
    return verdict


def _evaluate_all(clause: All, scene: Scene, *, is_thorough: bool) -> Verdict:
    parts: list[Verdict] = []
    places: set[int] | None = None  # None: nothing has bound it to a sentence yet
    holds = True
    for part in clause.parts:
        verdict = evaluate(part, scene, is_thorough=is_thorough)
        parts.append(verdict)
        if not verdict.everywhere:
            places = set(verdict.places) if places is None else places & set(verdict.places)
        holds = holds and verdict.holds and places != set()
        if not holds and not is_thorough:
            break
    found: dict[int, tuple[Proof, ...]] = dict.fromkeys(sorted(places or ()), ()) if holds else {}
    return Verdict(clause, holds and places is None, found, tuple(parts))


def _evaluate_theme(clause: Theme, scene: Scene) -> Verdict:
    triggers = scene.themes.get(clause.name, [])
    places: dict[int, tuple[Proof, ...]] = {}
    for spot, labels in triggers:
        if not clause.exclude.intersection(labels):
            proof = Proof(clause.path, spot.place, spot.field, spot.start, spot.end, (), clause.name, labels)
            places.setdefault(spot.place, (proof,))
    return Verdict(clause, bool(places) and clause.within == "article", places)


def _evaluate_filter(clause: Filter, document: Document) -> Verdict:
    value = getattr(document.event, clause.field) or ""
    if clause.field == "language":
        is_equal = any(speaks(value, wanted) for wanted in clause.values)
    else:
        is_equal = bool(value) and fold_value(value) in map(fold_value, clause.values)
    proof = Proof(clause.path, OUTSIDE, clause.field, 0, len(value))
    return Verdict(clause, is_equal, {OUTSIDE: (proof,)} if is_equal else {})


def speaks(language: str, wanted: str) -> bool:
    """Whether a BCP 47 tag is the wanted one or more exact: `zh-Hant` speaks `zh` (RFC 4647, 3.3.1)."""
    return f"{language}-".lower().startswith(f"{wanted}-".lower())


@lru_cache(maxsize=4096)
def fold_value(value: str) -> bytes:
    """Fold the value of a filter; publishers and sections repeat from article to article."""
    return fold_term(value)
