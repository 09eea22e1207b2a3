"""Find where an article names countries: longest term first, right case, ambiguity settled by the article."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import chain
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from ingest.annotate.ambiguity import NOTHING, Ambiguity
from ingest.annotate.cues import Cues
from ingest.annotate.gazetteer import CAPITAL, CLOSE, Gazetteer, Kind, Meaning
from ingest.annotate.placed import Placed
from ingest.annotate.spelling import (
    NEVER_AFTER,
    is_headline,
    is_inside,
    is_written,
    may_be_country,
    word_after,
    word_before,
)
from stream.text.fold import fold

_PLAIN = frozenset("NAPCBSTDV")  # kinds that only their spelling decides
_NO_CODE = ("",)


class Named(Struct, frozen=True, gc=False):
    """One place where a text names a country; offsets are characters of the text.

    A mark ("the two countries", a word of sport) has no code; its kind says what it is. `is_placed`: it is
    written as where something is (`placed`).
    """

    code: str
    start: int
    end: int
    kind: Kind
    is_placed: bool = False


class _Hit(Struct, frozen=True, gc=False):
    """A term of which the letters alone do not say what it means."""

    start: int
    end: int
    written: str
    meanings: tuple[Meaning, ...]

    @property
    def is_leader(self) -> bool:
        return self.meanings[0].kind == "L"


_Found = Named | _Hit


class _Evidence(NamedTuple):
    """What the whole article offers: terms hit, countries named beyond doubt, leaders named in full."""

    terms: frozenset[int]
    codes: frozenset[str]
    surnames: frozenset[tuple[tuple[str, ...], str]]


class _Article(Struct):
    """The hits of an article's texts; the evidence they give, gathered once something asks for it."""

    fields: Sequence[Sequence[_Found]]
    terms: Sequence[Sequence[tuple[int, int, int]]]
    on: date | None
    evidence: _Evidence | None = None


class Finder:
    """Finds the countries named in articles of one language."""

    def __init__(
        self,
        gazetteer: Gazetteer,
        ambiguities: Mapping[str, Ambiguity],
        cues: Cues,
    ) -> None:
        """The `cues` say what may stand before a leader's name and what a place's name is only part of."""
        self._gazetteer = gazetteer
        self._ambiguities = ambiguities
        self._titles = cues.title
        self._openers = cues.opener_words
        self._not_names = cues.title | cues.neighbour
        self._named_after = {"C": cues.named_after, "G": cues.named_after, "N": cues.named_after_country}
        self._doubtful = gazetteer.places(ambiguities)
        self._placed = Placed(cues, lambda name: bool(gazetteer.places((name,))))
        self._plain = tuple(map(self._read_plain, range(len(gazetteer.meanings))))

    def _read_plain(self, place: int) -> tuple[str, Kind, bool] | None:
        """The code and kind of a term that only its letters decide, and whether it has a capital."""
        meaning, shape = self._gazetteer.meanings[place][:1], self._gazetteer.shapes[place]
        if not meaning or shape == CLOSE or place in self._doubtful or len(meaning[0].codes) > 1:
            return None
        (only,) = meaning
        if only.kind not in _PLAIN or "w" in only.flags:
            return None
        return only.codes[0] if only.codes else "", only.kind, shape == CAPITAL

    def find(self, texts: Sequence[str], on: date | None = None) -> list[list[Named]]:
        """Return what each text of one article names, in order of place; `on` is its day, for who served."""
        scanned = [self._scan(text) if text else ([], ()) for text in texts]
        article = _Article([hits for hits, _ in scanned], [raw for _, raw in scanned], on)
        named = [self._name(text, hits, article) for text, (hits, _) in zip(texts, scanned, strict=True)]
        return [self._place(*one) for one in zip(texts, named, strict=True)] if self._placed else named

    def _place(self, text: str, named: Sequence[Named]) -> list[Named]:
        """Mark the names that are written as places."""
        holds = self._placed.holds
        return [
            replace(one, is_placed=True) if one.code and holds(text, one.start, one.end) else one
            for one in named
        ]

    def _scan(self, text: str) -> tuple[list[_Found], Sequence[tuple[int, int, int]]]:
        """Leftmost-longest hits whose letters have the right shape; and every hit, as evidence."""
        folded = fold(text, self._gazetteer.language)
        raw = self._gazetteer.scan(folded.data)
        if not raw:
            return [], raw
        shouts = text.isupper()
        plain, span = self._plain, folded.offsets.span
        hits: list[_Found] = []
        free = 0
        for first, minus_last, term in raw:
            if first < free:
                continue
            start, end = span(first, -minus_last)
            meaning = plain[term]
            if meaning:
                code, kind, is_capital = meaning
                if (is_capital and text[start].islower()) or text[end : end + 1] in NEVER_AFTER:
                    continue
                hits.append(Named(code, start, end, kind))
            else:
                meanings = self._written(text, start, end, term)
                if not meanings or (
                    shouts and text[start:end] == "US" and not may_be_country(text, start, end)
                ):
                    continue
                if meanings[0].kind != "X":
                    hits.append(_Hit(start, end, text[start:end], meanings))
            free = -minus_last
        return hits, raw

    def _written(self, text: str, start: int, end: int, term: int) -> tuple[Meaning, ...]:
        """The meanings of a term that may be written as it stands there."""
        written = text[start:end]
        return tuple([m for m in self._gazetteer.meanings[term] if is_written(m, written, text, start, end)])

    def _evidence(self, article: _Article) -> _Evidence:
        if article.evidence is None:
            codes: set[str] = set()
            surnames: set[tuple[tuple[str, ...], str]] = set()
            for hit in chain.from_iterable(article.fields):
                if isinstance(hit, Named):
                    codes.add(hit.code)
                    continue
                meaning = hit.meanings[0]
                if "w" not in meaning.flags and hit.written.lower() not in self._ambiguities:
                    codes.update(meaning.codes)
                if hit.is_leader and " " in hit.written:
                    surnames.add((meaning.codes, hit.written.split()[-1]))
            terms = frozenset([term for raw in article.terms for _, _, term in raw])
            article.evidence = _Evidence(terms, frozenset(codes), frozenset(surnames))
        return article.evidence

    def _name(self, text: str, hits: Sequence[_Found], article: _Article) -> list[Named]:
        found: list[Named] = []
        for place, hit in enumerate(hits):
            if isinstance(hit, Named):
                if not text[hit.end + 1 : hit.end + 2].isupper() or not self._is_part_of_name(
                    text, hit, hit.kind
                ):
                    found.append(hit)
                continue
            meaning = self._served(text, hits, place, hit, article) if hit.is_leader else hit.meanings[0]
            if meaning is None or self._is_part_of_name(text, hit, meaning.kind):
                continue
            if not meaning.codes:
                found.append(Named("", hit.start, hit.end, meaning.kind))
                continue
            settled = _owned(text, found, hit) or self._settle(text, hits, place, hit, meaning, article)
            if found and _is_state_after(text, found[-1], hit, settled):
                found[-1] = Named(settled[0], found[-1].start, found[-1].end, found[-1].kind)
            found += [Named(code, hit.start, hit.end, meaning.kind) for code in settled if code != NOTHING]
        return found

    def _is_part_of_name(self, text: str, hit: _Found, kind: Kind) -> bool:
        """Tell "Kyoto Protocol" and "Boston Symphony": the place only gave its name."""
        words = self._named_after.get(kind)
        if not words:
            return False
        if not text[hit.end + 1 : hit.end + 2].isupper():
            return False
        return word_after(text, hit.end).lower() in words and not is_headline(text)

    def _served(
        self, text: str, hits: Sequence[_Found], place: int, hit: _Hit, article: _Article
    ) -> Meaning | None:
        """Which leader a name means: one who served then; a full name also means one who no longer does."""
        is_full = " " in hit.written
        if not is_full and not self._is_leader(text, hits, place, hit, article):
            return None
        on = article.on
        serving = [m for m in hit.meanings if on is None or m.years is None or m.years.holds(on)]
        return max(
            serving or (hit.meanings if is_full else ()),
            key=lambda m: m.years.last if m.years else 0,
            default=None,
        )

    def _is_leader(self, text: str, hits: Sequence[_Found], place: int, hit: _Hit, article: _Article) -> bool:
        """A bare surname counts after a title, beside the full name, or with no other forename before it."""
        if not is_headline(text) and self._opens_name(text, hits, place):
            return False  # "Kim Il-nam": the surname stands first
        word = word_before(text, hit.start)
        if (
            word.lower() in self._titles
            or (
                hit.meanings[0].codes,
                hit.written,
            )
            in self._evidence(article).surnames
        ):
            return True
        if "w" in hit.meanings[0].flags:
            return False
        is_forename = word[:1].isupper() and word.lower() not in self._openers
        return not is_forename or is_headline(text) or _touches(hits, place - 1, hit.start - 1)

    def _settle(
        self, text: str, hits: Sequence[_Found], place: int, hit: _Hit, meaning: Meaning, article: _Article
    ) -> tuple[str, ...]:
        ambiguity = None if hit.is_leader else self._ambiguities.get(hit.written.lower())
        if ambiguity is None:
            return meaning.codes
        if ambiguity.is_person and self._is_person(text, hits, place):
            return ()
        evidence = self._evidence(article)
        return (ambiguity.settle(evidence.terms, evidence.codes),)

    def _is_person(self, text: str, hits: Sequence[_Found], place: int) -> bool:
        """A capitalised word right after, or right before in a sentence, that is no title and no country."""
        hit = hits[place]
        if is_headline(text):
            return False
        if self._opens_name(text, hits, place):
            return True
        before = word_before(text, hit.start)
        if not before[:1].isupper() or before.lower() in self._not_names:
            return False
        return is_inside(text, hit.start - len(before) - 1) and not _touches(hits, place - 1, hit.start - 1)

    def _opens_name(self, text: str, hits: Sequence[_Found], place: int) -> bool:
        """Tell whether a capitalised word that is no title and no country follows."""
        end = hits[place].end
        after = word_after(text, end)
        is_next_hit = place + 1 < len(hits) and hits[place + 1].start == end + 1
        return after[:1].isupper() and after.lower() not in self._not_names and not is_next_hit


def _is_state_after(text: str, last: Named, hit: _Hit, codes: tuple[str, ...]) -> bool:
    """Tell "Moscow, Idaho": a namesake, when a state follows and closes the phrase."""
    is_state = hit.meanings[0].kind == "G" and codes in {("US",), ("CA",)} and last.kind in "CG"
    closes = text[hit.end : hit.end + 1] in {"", ",", ".", ")", ";"}
    return is_state and closes and text[last.end : hit.start] == ", " and last.code != codes[0]


def _touches(hits: Sequence[_Found], place: int, end: int) -> bool:
    return place >= 0 and hits[place].end == end


def _owned(text: str, found: Sequence[Named], hit: _Hit) -> tuple[str, ...]:
    """Give an organisation right after a country's name to it: "Pakistan Foreign Office"."""
    if hit.meanings[0].kind != "O" or not found or found[-1].kind not in "NA":
        return ()
    between = text[found[-1].end : hit.start]
    return (found[-1].code,) if between in {" ", "'s ", "’s "} else ()
