"""Where the countries of a clause take part: in a relation of the event, or together in a sentence."""

from collections.abc import Sequence

from alerts.match.document import LEAD_PLACES, TITLE, Document
from alerts.match.proof import Proof, Verdict
from alerts.match.related import place_of, related
from alerts.watchlist.clauses import Countries
from stream.event import Mention


def evaluate_countries(clause: Countries, document: Document) -> Verdict:
    """The sentences in which the clause holds, with a proof for each country that made it hold."""
    if clause.mode == "pair" and clause.role == "participant":
        by_place = _related(clause, document)
    else:
        by_place = _together(clause, document)
    places = {
        place: _proofs(clause.path, document, place, countries)
        for place, countries in by_place.items()
        if _is_salient(clause, place)
    }
    return Verdict(clause, everywhere=False, places=places)


def _related(clause: Countries, document: Document) -> dict[int, tuple[str, ...]]:
    """Places that report a relation of one side with the other; the strongest relation of a place counts."""
    found: dict[int, tuple[str, ...]] = {}
    for place, pair in related(document.event):
        countries = assign(clause.groups, pair)
        if countries:
            found.setdefault(place, countries)
    return found


def _together(clause: Countries, document: Document) -> dict[int, tuple[str, ...]]:
    """Places in which a different country of each group is named."""
    named: dict[int, list[str]] = {}
    for mention in document.event.mentions:
        if clause.role == "mentioned" or mention.role == "participant":
            named.setdefault(place_of(mention.field, mention.sentence), []).append(mention.country)
    chosen = {place: assign(clause.groups, countries) for place, countries in named.items()}
    return {place: countries for place, countries in chosen.items() if countries}


def assign(groups: Sequence[Sequence[str]], countries: Sequence[str]) -> tuple[str, ...]:
    """A different one of `countries` for each group, or () where that can't be: augmenting paths."""
    holder: dict[str, int] = {}

    def place(group: int, tried: set[str]) -> bool:
        for country in countries:
            if country in groups[group] and country not in tried:
                tried.add(country)
                if country not in holder or place(holder[country], tried):
                    holder[country] = group
                    return True
        return False

    if not all(place(group, set()) for group in range(len(groups))):
        return ()
    return tuple(sorted(holder, key=lambda country: holder[country]))


def _is_salient(clause: Countries, place: int) -> bool:
    return clause.salience == "any" or place == TITLE or (clause.salience == "lead" and place in LEAD_PLACES)


def _proofs(path: str, document: Document, place: int, countries: tuple[str, ...]) -> tuple[Proof, ...]:
    """The first mention of each country in the sentence; the sentence, where it names them otherwise."""
    mentions = [_first_mention(document, place, country) for country in countries]
    spots: list[tuple[str, int, int]] = [
        (mention.field, mention.start, mention.end) for mention in mentions if mention
    ]
    return tuple(
        Proof(path, place, *spot, countries=countries) for spot in spots or [document.sentence(place)]
    )


def _first_mention(document: Document, place: int, country: str) -> Mention | None:
    """The first mention of a country in a place, a participant before one in passing."""
    mentions = [
        mention
        for mention in document.event.mentions
        if mention.country == country and place_of(mention.field, mention.sentence) == place
    ]
    return min(mentions, key=lambda mention: (mention.role != "participant", mention.start), default=None)
