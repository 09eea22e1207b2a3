"""Where the words of a `text` clause stand."""

from collections.abc import Iterator

from alerts.match.document import TEXT, Document, Spot
from alerts.match.effort import Effort
from alerts.match.proof import Proof, Verdict
from alerts.match.vocabulary import Vocabulary
from alerts.match.windows import within_window
from alerts.watchlist.clauses import Near, Phrase, Regex, Text


def evaluate_text(clause: Text, document: Document, vocabulary: Vocabulary, effort: Effort) -> Verdict:
    """The sentences that hold a term of the clause; bound to them only with `of_countries`.

    A term that spreads over several words must stay within a sentence or paragraph if `within` says so.
    """
    places: dict[int, tuple[Proof, ...]] = {}
    for spot in sorted(spots(clause, document, vocabulary, effort)):
        field = None if spot.place in places else field_of(clause, document, spot)
        if field is None or not _is_within(clause, document, spot):
            continue
        proof = Proof(clause.path, spot.place, field, spot.start, spot.end)
        is_wide = clause.of_countries and clause.within == "paragraph"
        for place in document.paragraph(spot.place) if is_wide else (spot.place,):
            places.setdefault(place, (proof,))
    is_bound = clause.of_countries and clause.within != "article"
    return Verdict(clause, everywhere=bool(places) and not is_bound, places=places)


def spots(clause: Text, document: Document, vocabulary: Vocabulary, effort: Effort) -> Iterator[Spot]:
    """Every place where a term of the clause stands, in whatever field."""
    for term in clause.terms:
        match term:
            case Regex(pattern):
                yield from document.regex(pattern)
            case Phrase(words, slop):
                spans = document.occurrences(vocabulary.pieces(words, is_loose=slop > 0), slop)
                effort.spend(len(spans))
                yield from map(document.locate, spans)
            case Near(phrases, words):
                sides = [document.occurrences(vocabulary.pieces(phrase)) for phrase in phrases]
                effort.spend(sum(map(len, sides)))
                yield from map(document.locate, within_window(sides, words))


def field_of(clause: Text, document: Document, spot: Spot) -> str | None:
    """The field to report a spot in, if the clause looks there; a lead copied from the text is both."""
    if spot.field in clause.fields:
        return spot.field
    is_lead = spot.field == "text" and spot.end <= document.lead_chars
    return "lead" if is_lead and "lead" in clause.fields else None


def _is_within(clause: Text, document: Document, spot: Spot) -> bool:
    if clause.within == "article" or spot.place < TEXT:
        return True
    if clause.within == "sentence":
        return spot.place == spot.end_place
    return spot.end_place in document.paragraph(spot.place)
