"""Where the countries of a clause take part: in a relation of the event, or together in a sentence."""

from collections.abc import Iterator, Mapping, Sequence

from alerts.match.document import LEAD_PLACES, TITLE, Document
from alerts.match.proof import Proof, Verdict
from alerts.match.related import PlacesOfPairs
from alerts.watchlist.clauses import Countries

_ByPlace = Mapping[int, tuple[str, ...]]


def evaluate_countries(clause: Countries, document: Document, pairs: PlacesOfPairs) -> Verdict:
    """The sentences in which the clause holds, with a proof for each country that made it hold."""
    if clause.mode == "pair" and clause.role == "participant":
        by_place = _related(clause, pairs)
    else:
        by_place = _together(clause, document)
    salient = {place: found for place, found in by_place.items() if _is_salient(clause, place)}
    return Verdict(clause, everywhere=False, places=_Proofs(clause.path, document, salient))


class _Proofs(Mapping[int, tuple[Proof, ...]]):
    """Proofs by place, each put together when it is asked for: of a thousand places only one mostly is."""

    def __init__(self, path: str, document: Document, by_place: _ByPlace) -> None:
        self._path = path
        self._document = document
        self._by_place = by_place

    def __getitem__(self, place: int) -> tuple[Proof, ...]:
        return _proofs(self._path, self._document, place, self._by_place[place])

    def __contains__(self, place: object) -> bool:
        return place in self._by_place

    def __iter__(self) -> Iterator[int]:
        return iter(self._by_place)

    def __len__(self) -> int:
        return len(self._by_place)


def _related(clause: Countries, pairs: PlacesOfPairs) -> _ByPlace:
    """Places that report a relation of one side with the other; the strongest relation of a place counts."""
    fitting = [(places, found) for pair, places in pairs.items() if (found := assign(clause.groups, pair))]
    if len(fitting) == 1:
        places, countries = fitting[0]
        return dict.fromkeys(places, countries)
    strongest: dict[int, tuple[int, tuple[str, ...]]] = {}
    for places, countries in fitting:
        for place, rank in places.items():
            if place not in strongest or rank < strongest[place][0]:
                strongest[place] = rank, countries
    return {place: countries for place, (_, countries) in strongest.items()}


def _together(clause: Countries, document: Document) -> _ByPlace:
    """Places in which a different country of each group is named."""
    named = document.named if clause.role == "mentioned" else document.taking_part
    chosen = {place: assign(clause.groups, tuple(countries)) for place, countries in named.items()}
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
    mentions = [document.first_mentions.get((place, country)) for country in countries]
    spots: list[tuple[str, int, int]] = [
        (mention.field, mention.start, mention.end) for mention in mentions if mention
    ]
    return tuple(
        Proof(path, place, *spot, countries=countries) for spot in spots or [document.sentence(place)]
    )
