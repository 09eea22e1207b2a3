"""Annotate an article: find the countries, read each sentence that names any, choose what it reports."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from msgspec.structs import replace

from ingest.annotate import phrases, relations, roles
from ingest.annotate.annotation import Annotation
from ingest.annotate.article import SentencePairs, salient
from ingest.annotate.article import relations as article_relations
from ingest.annotate.cues import Cues
from ingest.annotate.find import Named
from ingest.annotate.languages import Languages
from ingest.annotate.phrases import Phrase
from ingest.annotate.roles import PARTICIPANT, Reason
from ingest.annotate.sentences import sentence_starts
from ingest.annotate.spelling import is_headline
from stream.event import Field, Mention
from stream.geo.territories import sovereigns

_DATELINE = re.compile(
    r"\s*(?:[^\W\d_][\w'’.-]*(?:[ ,/]+(?!\()[\w'’.-]+){0,6}?)\s*(?:\([^)\n]{2,40}\)\s*)?(?:[—–-]{1,2}|:)\s"
)
_MAX_DATELINE_CHARS = 80
_PAIR, _CROWD = 2, 3  # countries
_FRAME_KINDS = frozenset("STDV")

Frame = Literal["affairs", "sports", "incident"]
"""What the opening is about: affairs of state and all else, sport, or an accident, an illness, the arts."""


@dataclass(slots=True)
class _Reading:
    """What the sentences of one article have given so far."""

    frame: Frame
    cues: Cues
    mentions: list[Mention]
    pairs: list[SentencePairs]
    previous: Sequence[str] = ()


class Annotator:
    """Annotates articles in any language; languages load on first use. Safe to share between threads."""

    def __init__(self, languages: Languages) -> None:
        """`languages` gives the tables; see `load`."""
        self._languages = languages

    def annotate(
        self, title: str, text: str, language: str, *, published_at: datetime | None = None
    ) -> Annotation:
        """Annotate one article; `published_at` decides who was in office. Time is linear in the text."""
        tables = self._languages.get(language)
        starts = sentence_starts(text, language)
        on = published_at.date() if published_at else None
        in_title, in_text = tables.finder.find([title, text], on)
        lead_end = starts[1] if len(starts) > 1 else len(text)
        frame = _frame(_Opening(title, in_title, len(title)), _Opening(text, in_text, lead_end))
        reading = _Reading(frame, tables.cues, [], [])
        _read_field(reading, "title", title, (0,), in_title)
        _read_field(reading, "text", text, starts, in_text)
        related = article_relations(reading.pairs)
        return Annotation(starts, tuple(reading.mentions), salient(reading.mentions, related), related)


def _read_field(
    reading: _Reading, field: Field, body: str, starts: tuple[int, ...], found: Sequence[Named]
) -> None:
    """Read each sentence that names a country or points back at two."""
    has_case = field == "text" or not is_headline(body)
    inside: list[Named] = []
    sentence, start, end = -1, 0, 0
    for mention in found:
        if mention.kind in _FRAME_KINDS:
            continue
        if mention.start >= end:
            if inside:
                _read_sentence(reading, field, body, (sentence, start, end), inside, has_case=has_case)
            sentence = bisect_right(starts, mention.start) - 1
            start = starts[sentence]
            end = starts[sentence + 1] if sentence + 1 < len(starts) else len(body)
            inside = []
        inside.append(mention)
    if inside:
        _read_sentence(reading, field, body, (sentence, start, end), inside, has_case=has_case)


class _Opening(NamedTuple):
    """A text, what it names, and where its opening ends."""

    text: str
    found: Sequence[Named]
    end: int


def _frame(*openings: _Opening) -> Frame:
    """Tell what the title and the lead are about, when it is no affair of state.

    Sport takes one word of sport only, or two different others; an accident, an illness or the arts one word.
    """
    words: dict[str, str] = {}
    for text, found, end in openings:
        for mention in found:
            if mention.start >= end:
                break
            if mention.kind in _FRAME_KINDS and mention.end <= end:
                words[text[mention.start : mention.end].lower()] = mention.kind
    kinds = list(words.values())
    if "V" in kinds:
        return "affairs"
    if "S" in kinds or kinds.count("T") > 1:
        return "sports"
    return "incident" if "D" in kinds else "affairs"


def _read_sentence(
    reading: _Reading,
    field: Field,
    body: str,
    where: tuple[int, int, int],
    inside: Sequence[Named],
    *,
    has_case: bool,
) -> None:
    sentence, start, end = where
    named = [mention for mention in inside if mention.code]
    points_back = len(named) < len(inside)
    may_be_written_at = sentence == 0 or (inside[0].start == start and _opens_story(body, inside[0]))
    if field == "text" and may_be_written_at and named:
        start, named = _skip_dateline(reading, body, where, named)
        points_back = len(named) < len(inside)
    if not named:
        reading.pairs.append(SentencePairs(field, sentence, [], points_back))
        reading.previous = ()
        return
    found = phrases.read(body, (start, end), _within_states(named), reading.cues, has_case=has_case)
    if reading.frame == "sports":
        reasons: list[Reason] = ["sports"] * len(found)
        pairs: list[relations.Pair] = []
    else:
        reasons = roles.reasons(found, reading.cues)
        pairs = relations.pairs(found, reasons, reading.cues, reading.previous, points_back=points_back)
    if reading.frame == "incident":
        pairs = [pair for pair in pairs if pair.strength >= relations.STRONG]
    reading.pairs.append(SentencePairs(field, sentence, pairs, points_back))
    reading.previous = _tell(reading, field, sentence, named, found, reasons)


def _within_states(named: Sequence[Named]) -> Sequence[Named]:
    """A territory beside its state is a part of it, unless the two are all there is.

    "France sends troops to Greenland to support Denmark" is of France and Denmark.
    """
    territories = sovereigns()
    codes = {mention.code for mention in named}
    if len(codes) < _CROWD or territories.keys().isdisjoint(codes):
        return named
    inside = {code: state for code, state in territories.items() if code in codes and state in codes}
    if len(codes) - len(inside) < _PAIR:
        return named
    return [replace(mention, code=inside.get(mention.code, mention.code)) for mention in named]


def _tell(
    reading: _Reading,
    field: Field,
    sentence: int,
    named: Sequence[Named],
    found: Sequence[Phrase],
    reasons: Sequence[Reason],
) -> Sequence[str]:
    """Add the mentions of a sentence; return the countries of the first that takes part."""
    acting: Sequence[str] = ()
    for phrase, reason in zip(found, reasons, strict=True):
        takes_part = reason in PARTICIPANT
        acting = acting or (phrase.codes if takes_part else ())
        for place in phrase.mentions:
            reading.mentions.append(_mention(named[place], field, sentence, reason, takes_part=takes_part))
    return acting


def _skip_dateline(
    reading: _Reading, body: str, where: tuple[int, int, int], named: Sequence[Named]
) -> tuple[int, list[Named]]:
    """Take off "ANKARA:", "MOSCOW, Sept 5 (Agency) —": the place of writing is no actor."""
    sentence, start, end = where
    edge = min(end, start + _MAX_DATELINE_CHARS)
    has_mark = any(mark in body[start:edge] for mark in ":—–-")
    found = _DATELINE.match(body, start, edge) if has_mark else None
    if found is None or named[0].kind not in "CGN" or not _is_dateline(body[start : named[0].end]):
        return start, list(named)
    edge = found.end()
    reading.mentions += [
        _mention(mention, "text", sentence, "dateline", takes_part=False)
        for mention in named
        if mention.start < edge
    ]
    return edge, [mention for mention in named if mention.start >= edge]


def _opens_story(body: str, first: Named) -> bool:
    """Tell a city in capitals or at the start of a line: pages have lines before their dateline."""
    is_line = body[first.start - 1 : first.start] == "\n"
    return first.kind in "CG" and (is_line or body[first.start : first.end].isupper())


def _is_dateline(opening: str) -> bool:
    """Only names stand before the colon or the dash: no small word."""
    return all(not word[0].islower() for word in opening.split())


def _mention(named: Named, field: Field, sentence: int, reason: Reason, *, takes_part: bool) -> Mention:
    return Mention(
        country=named.code,
        field=field,
        start=named.start,
        end=named.end,
        sentence=sentence,
        role="participant" if takes_part else "passing",
        reason=reason,
    )
