"""Find where a text names countries: longest term first, right case, ambiguity settled."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ingest.annotate.ambiguity import NOTHING, Ambiguity
from ingest.annotate.gazetteer import Gazetteer, Kind, Meaning
from stream.text.fold import fold

_WORD_BEFORE = re.compile(r"([\w’'.-]+)[ \u00a0]$")
_MAX_HEADLINE_CHARS = 160
_WORD_AFTER = re.compile(r"[ \u00a0]([\w’'-]+)")


@dataclass(frozen=True, slots=True)
class Named:
    """One place where a text names a country; offsets are characters of the text."""

    code: str
    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    meanings: tuple[Meaning, ...]


class Finder:
    """Finds the countries named in texts of one language."""

    def __init__(
        self,
        gazetteer: Gazetteer,
        ambiguities: Mapping[str, Ambiguity],
        titles: frozenset[str],
        openers: frozenset[str],
    ) -> None:
        """`titles` are words before a surname that make it a leader's, `openers` those that are no forename."""
        self._gazetteer = gazetteer
        self._ambiguities = ambiguities
        self._titles = titles
        self._openers = openers

    def find(self, text: str, *, context: str = "", on: date | None = None) -> list[Named]:
        """Return the countries named, and the marks ("the two countries", words of sport), in order of place.

        A mark has no code; its kind says what it is.

        `context` is other text of the article (evidence only), `on` the day it was published.
        """
        hits = [hit for hit in self._hits(text) if hit.meanings]
        surnames = {
            text[hit.start : hit.end].rsplit(maxsplit=1)[-1] for hit in hits if hit.meanings[0].kind == "L"
        }
        codes = {code for hit in hits for code in hit.meanings[0].codes if self._is_plain(text, hit)}
        found: list[Named] = []
        for hit in hits:
            meaning = self._meaning(text, hit, surnames, on)
            if meaning is not None and not meaning.codes:
                found.append(Named("", hit.start, hit.end, meaning.kind))
            elif meaning is not None:
                settled = self._settle(text, context, hit, meaning, codes)
                settled = _owned(text, found, hit, meaning) or settled
                found += [
                    Named(code, hit.start, hit.end, meaning.kind) for code in settled if code != NOTHING
                ]
        return found

    def _hits(self, text: str) -> list[_Hit]:
        """Leftmost-longest hits whose letters have the right case."""
        folded = fold(text, self._gazetteer.language)
        raw = self._gazetteer.scan(folded)
        raw.sort(key=lambda hit: (hit[1], -hit[2]))
        is_shouting = text.isupper()
        hits: list[_Hit] = []
        free = 0
        for term, first, last in raw:
            if first < free:
                continue
            start, end = folded.span(first, last)
            written = text[start:end]
            meanings = tuple(
                m for m in self._gazetteer.meanings[term] if _is_written(m, written, text, start, end)
            )
            if meanings and not (is_shouting and written == "US" and not _may_be_country(text, start, end)):
                free = last
                hits.append(_Hit(start, end, () if meanings[0].kind == "X" else meanings))
        return hits

    def _is_plain(self, text: str, hit: _Hit) -> bool:
        return "w" not in hit.meanings[0].flags and text[hit.start : hit.end].lower() not in self._ambiguities

    def _meaning(self, text: str, hit: _Hit, surnames: set[str], on: date | None) -> Meaning | None:
        if hit.meanings[0].kind != "L":
            return hit.meanings[0]
        written = text[hit.start : hit.end]
        if " " not in written and not self._is_leader(text, hit, written, surnames):
            return None
        serving = [m for m in hit.meanings if on is None or m.years is None or m.years.holds(on)]
        if " " in written and not serving:
            serving = list(hit.meanings)
        return max(serving, key=lambda m: m.years.last if m.years else 0, default=None)

    def _is_leader(self, text: str, hit: _Hit, written: str, surnames: set[str]) -> bool:
        """A bare surname: the full name elsewhere, a title before it, or no other forename before it."""
        before = _WORD_BEFORE.search(text, max(0, hit.start - 30), hit.start)
        word = before.group(1).rstrip(".") if before else ""
        if word.lower() in self._titles:
            return True
        if any(name != written and name.endswith(written) for name in surnames):
            return True
        if written in surnames and self._has_full_name(text, hit, written):
            return True
        if "w" in hit.meanings[0].flags:
            return False
        is_forename = word[:1].isupper() and word.lower() not in self._openers
        return not is_forename or _is_headline(text) or self._is_named(text, hit.start - 2)

    def _has_full_name(self, text: str, hit: _Hit, written: str) -> bool:
        code = hit.meanings[0].codes
        return any(
            other.meanings
            and other.meanings[0].kind == "L"
            and other.meanings[0].codes == code
            and " " in text[other.start : other.end]
            and text[other.start : other.end].endswith(written)
            for other in self._hits(text)
        )

    def _settle(
        self, text: str, context: str, hit: _Hit, meaning: Meaning, codes: set[str]
    ) -> tuple[str, ...]:
        ambiguity = self._ambiguities.get(text[hit.start : hit.end].lower())
        if ambiguity is None or meaning.kind == "L":
            return meaning.codes
        if ambiguity.is_person and self._is_person(text, hit):
            return ()
        return (ambiguity.settle(f"{text}\n{context}", codes),)

    def _is_person(self, text: str, hit: _Hit) -> bool:
        """A capitalised word right before (not opening the sentence) or after that is no title."""
        if _is_headline(text):
            return False
        after = _WORD_AFTER.match(text, hit.end)
        if after and after.group(1)[:1].isupper() and after.group(1).lower() not in self._titles:
            return not self._is_named(text, after.start(1))
        before = _WORD_BEFORE.search(text, max(0, hit.start - 30), hit.start)
        if before is None or not before.group(1)[:1].isupper() or before.group(1).lower() in self._titles:
            return False
        return _is_inside(text, before.start(1)) and not self._is_named(text, before.start(1))

    def _is_named(self, text: str, place: int) -> bool:
        return any(hit.start <= place < hit.end for hit in self._hits(text))


def _owned(text: str, found: list[Named], hit: _Hit, meaning: Meaning) -> tuple[str, ...]:
    """ "Pakistan Foreign Office": an organisation right after another country's name is that country's."""
    if meaning.kind != "O" or not found or found[-1].kind not in "NA":
        return ()
    between = text[found[-1].end : hit.start]
    return (found[-1].code,) if between in {" ", "'s ", "’s "} else ()


def _is_headline(text: str) -> bool:
    """Tell whether most longer words of a short text have a capital, so that a capital says nothing."""
    if len(text) > _MAX_HEADLINE_CHARS:
        return False
    words = [word for word in text.split() if len(word) > 3]
    return sum(word[0].isupper() for word in words) > len(words) * 0.7


def _is_inside(text: str, place: int) -> bool:
    """Tell whether a place is inside a sentence rather than at its start."""
    before = text[max(0, place - 3) : place].rstrip()
    return bool(before) and before[-1] not in '.!?:\n“"‘('


def _is_written(meaning: Meaning, written: str, text: str, start: int, end: int) -> bool:
    flags = meaning.flags
    if text[end : end + 1] == "$" or (
        meaning.kind == "G" and (text[end : end + 1] == "-" or text[start - 1 : start] == "-")
    ):
        return False
    if "h" in flags and text[end : end + 1] not in {"-", "–"}:
        return False
    if "g" in flags or "l" in flags:
        # No word's edge to rely on: the very characters, and no other word of a script that parts by kind.
        return written == meaning.term and not _runs_on(text, start, end)
    if "u" in flags:
        return written.isupper()
    return "t" not in flags or not written[0].islower()


def _runs_on(text: str, start: int, end: int) -> bool:
    """Katakana going on before or after ("タイ" in "タイム"), or the name of a language ("中国語")."""
    after = text[end : end + 1]
    if after in {"語", "语"}:
        return True
    before = text[start - 1 : start] if start else ""
    return (_is_katakana(before) and _is_katakana(text[start])) or (
        _is_katakana(after) and _is_katakana(text[end - 1])
    )


def _is_katakana(char: str) -> bool:
    return "ァ" <= char <= "ヺ" or char == "ー"


def _may_be_country(text: str, start: int, end: int) -> bool:
    """ "US" in a text all in capitals: the country unless it ends the text or follows a word that takes a pronoun."""
    before = _WORD_BEFORE.search(text, max(0, start - 30), start)
    taking = {
        "TELL",
        "LET",
        "GIVE",
        "HELP",
        "JOIN",
        "OF",
        "FOR",
        "CONTACT",
        "ABOUT",
        "LETS",
        "MAKES",
        "MAKE",
        "BETWEEN",
    }
    return end < len(text) and not (before and before.group(1) in taking)
