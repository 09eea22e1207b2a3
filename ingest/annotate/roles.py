"""Give each country phrase of a sentence its role, with the reason for people."""

from collections.abc import Sequence
from itertools import islice
from typing import Literal

from ingest.annotate.cues import BORDERS, MEDIATES, SOURCE, SPEAKS, Cues
from ingest.annotate.phrases import Phrase

Reason = Literal[
    "actor",
    "counterpart",
    "between",
    "place",
    "topic",
    "example",
    "attribution",
    "modifier",
    "clause",
    "border",
    "mediator",
    "dateline",
    "sports",
    "people",
]
PARTICIPANT: frozenset[Reason] = frozenset({"actor", "counterpart", "between"})
NEVER: frozenset[Reason] = frozenset({"example", "attribution", "mediator", "dateline", "sports", "people"})
"""Reasons that take a mention out of every relation; the other passing ones may still be all there is."""

_QUOTED_OR_COMMA = frozenset({",", "”", '"'})
_NEAR_WORDS = 6
_OPENING_PHRASES = 40  # of a sentence: who else it is about is named by then
_MAX_TAIL_WORDS = 7  # that may follow the verb of an attribution: "said on Monday in Ankara"


def reasons(phrases: Sequence[Phrase], cues: Cues) -> list[Reason]:
    """The reason for each phrase's role; those in `PARTICIPANT` take part, all others are passing."""
    found: list[Reason] = []
    for place, phrase in enumerate(phrases):
        found.append(_aside(phrases, place, phrase, cues) or _grammar(phrases, place, phrase, cues))
    return found


def _aside(phrases: Sequence[Phrase], place: int, phrase: Phrase, cues: Cues) -> Reason | None:
    """Mentions beside what the sentence reports: sources, examples, mediators, other clauses."""
    if phrase.before and phrase.before[-1] in cues.ethnic:
        return "people"
    if place and phrase.marks_after & SPEAKS and _is_credit(phrases, place, cues):
        return "attribution"
    source = _source(phrase, cues) if phrase.marks_before & SOURCE else None
    if source:
        return source
    if place and phrase.marks_after & MEDIATES and cues.mediating.near_start(phrase.after):
        return "mediator"
    if phrase.opener or (place and phrase.governor in cues.joining_clause):
        return "clause"
    is_behind_comma = place and phrase.before and phrase.before[0] == ","
    return "modifier" if is_behind_comma and _is_apposition(phrases[place - 1], phrase, cues) else None


def _source(phrase: Phrase, cues: Cues) -> Reason | None:
    """What leads a phrase that takes no part: "according to", "such as", "brokered by"."""
    words = phrase.before[-_MAX_TAIL_WORDS:]
    plain = [word for word in words if word not in cues.determiner]
    if cues.attribution.end(plain):
        return "attribution"
    if cues.example.end(words) or cues.example.end(words[:-1]):  # "such as former X ministers"
        return "example"
    return "mediator" if cues.mediated.end(plain) else None


def _is_apposition(last: Phrase, phrase: Phrase, cues: Cues) -> bool:
    """Tell "Oman, a key Qatari ally, ..."; not "In Oman, a Qatari delegation ..."."""
    gap = phrase.before
    is_short = 2 <= len(gap) <= 5 and gap[1] in cues.indefinite
    return is_short and last.governor not in cues.location and not last.opener and "," in phrase.after


def _grammar(phrases: Sequence[Phrase], place: int, phrase: Phrase, cues: Cues) -> Reason:
    """What the phrase is to its own clause."""
    if len(phrase.codes) > 1 and _is_pair(phrase, cues):
        is_topic = phrase.is_joined and phrase.governor in cues.governing
        return "topic" if is_topic and _names_another(phrases, place, phrase) else "between"
    modified = _modified(phrase, cues) if phrase.head else None
    if modified:
        return modified
    if phrase.is_placed and phrase.head != "actor":
        return "place"
    governed = _governed(phrase, cues) if phrase.governor or phrase.marks_before & BORDERS else None
    return governed or ("counterpart" if place else "actor")


def _modified(phrase: Phrase, cues: Cues) -> Reason | None:
    """A country that only says which conflict, soil or ship: "Syrian conflict", "Malta-flagged"."""
    if phrase.head == "suffix":
        return "modifier"
    if phrase.head in {"event", "land"} and phrase.governor not in cues.hostile:
        return "modifier" if phrase.head == "event" else "place"
    return None


def _governed(phrase: Phrase, cues: Cues) -> Reason | None:
    """A country that a preposition makes a place or a topic."""
    governor = phrase.governor
    if phrase.marks_before & BORDERS and cues.border.end(phrase.before):
        near = phrase.before[-_NEAR_WORDS:]
        if not cues.beside.isdisjoint(near):
            return "border"
    if governor in cues.location and phrase.head not in {"owner", "actor"}:
        speaks = bool(phrase.after) and phrase.after[0] in cues.speech  # "The Y embassy in X says ..."
        return None if phrase.of in cues.presence and not speaks else "place"
    if governor in cues.genitive and (phrase.of in cues.event or phrase.of in cues.land):
        return "modifier" if phrase.of in cues.event else "place"
    if governor in cues.topic:
        return "topic"
    is_upon = governor in cues.upon and not cues.talk.isdisjoint(phrase.before[-_NEAR_WORDS:])
    return "topic" if is_upon else None


def _is_pair(phrase: Phrase, cues: Cues) -> bool:
    """Tell "between X and Y" and "X–Y talks" among phrases of several countries."""
    return phrase.governor in cues.between or (
        phrase.is_joined and phrase.head in {"bilateral", "event", "goods"}
    )


def _names_another(phrases: Sequence[Phrase], place: int, phrase: Phrase) -> bool:
    """Tell whether a main clause names another country before a pair in "the Russo-Ukrainian war"."""
    before = islice(phrases, min(place, _OPENING_PHRASES))
    return any(set(other.codes) - set(phrase.codes) and not other.opener for other in before)


def _is_credit(phrases: Sequence[Phrase], place: int, cues: Cues) -> bool:
    """Tell ", X officials said on Monday." closing a sentence that named somebody before."""
    if _QUOTED_OR_COMMA.isdisjoint(phrases[place].before[-_MAX_TAIL_WORDS:]):
        return False
    after = phrases[place].after
    verb = next((index for index, word in enumerate(after[:6]) if word in cues.speech), None)
    if verb is None or "," in after[:-1] or not cues.complement.isdisjoint(after):
        return False
    left = verb + _MAX_TAIL_WORDS
    for index in range(place, len(phrases)):
        left -= len(phrases[index].after)
        if left < 0:
            return False
    return True
