"""Give each country phrase of a sentence its role, with the reason for people."""

from collections.abc import Sequence
from typing import Literal

from ingest.annotate.cues import Cues
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
]
PARTICIPANT: frozenset[Reason] = frozenset({"actor", "counterpart", "between"})
NEVER: frozenset[Reason] = frozenset({"example", "attribution", "mediator", "dateline", "sports"})
"""Reasons that take a mention out of every relation; the other passing ones may still be all there is."""

_QUOTED_OR_COMMA = frozenset({",", "”", '"'})
_MAX_TAIL_WORDS = 7  # that may follow the verb of an attribution: "said on Monday in Ankara"


def reasons(phrases: Sequence[Phrase], cues: Cues) -> list[Reason]:
    """The reason for each phrase's role; those in `PARTICIPANT` take part, all others are passing."""
    return [_aside(phrases, place, cues) or _grammar(phrases, place, cues) for place in range(len(phrases))]


def _aside(phrases: Sequence[Phrase], place: int, cues: Cues) -> Reason | None:
    """Mentions beside what the sentence reports: sources, examples, mediators, other clauses."""
    phrase = phrases[place]
    words = phrase.before[-_MAX_TAIL_WORDS:]
    plain = [word for word in words if word not in cues.determiner]
    if cues.attribution.end(plain) or _is_credit(phrases, place, words, cues):
        return "attribution"
    if cues.example.end(words):
        return "example"
    if cues.mediated.end(plain) or (place and cues.mediating.near_start(phrase.after)):
        return "mediator"
    if phrase.opener or (place and phrase.governor in cues.joining_clause):
        return "clause"
    return "modifier" if place and _is_apposition(phrases[place - 1], phrase, cues) else None


def _is_apposition(last: Phrase, phrase: Phrase, cues: Cues) -> bool:
    """Tell "Oman, a key Qatari ally, ..."; not "In Oman, a Qatari delegation ..."."""
    gap = phrase.before
    is_short = 2 <= len(gap) <= 5 and gap[0] == "," and gap[1] in cues.indefinite
    return is_short and last.governor not in cues.location and not last.opener and "," in phrase.after


def _grammar(phrases: Sequence[Phrase], place: int, cues: Cues) -> Reason:
    """What the phrase is to its own clause."""
    phrase = phrases[place]
    if _is_pair(phrase, cues):
        is_topic = phrase.is_joined and phrase.governor in cues.governing
        return "topic" if is_topic and _names_another(phrases[:place], phrase) else "between"
    return _modified(phrase, cues) or _governed(phrase, cues) or ("counterpart" if place else "actor")


def _modified(phrase: Phrase, cues: Cues) -> Reason | None:
    """A country that only says which conflict, soil or ship: "Syrian conflict", "Malta-flagged"."""
    if phrase.head == "suffix":
        return "modifier"
    if phrase.head in {"event", "land"} and phrase.governor not in cues.hostile:
        return "modifier" if phrase.head == "event" else "place"
    return None


def _governed(phrase: Phrase, cues: Cues) -> Reason | None:
    """A country that a preposition makes a place or a topic."""
    near = phrase.before[-6:]
    if cues.border.end(phrase.before) and not cues.beside.isdisjoint(near):
        return "border"
    if phrase.governor in cues.location and phrase.head not in {"owner", "actor"}:
        return None if phrase.of in cues.presence else "place"
    if phrase.governor in cues.genitive and (phrase.of in cues.event or phrase.of in cues.land):
        return "modifier" if phrase.of in cues.event else "place"
    is_upon = phrase.governor in cues.upon and not cues.talk.isdisjoint(near)
    return "topic" if is_upon or phrase.governor in cues.topic else None


def _is_pair(phrase: Phrase, cues: Cues) -> bool:
    """Tell "between X and Y" and "X–Y talks"."""
    if len(phrase.codes) < 2:
        return False
    return phrase.governor in cues.between or (
        phrase.is_joined and phrase.head in {"bilateral", "event", "goods"}
    )


def _names_another(before: Sequence[Phrase], phrase: Phrase) -> bool:
    """Tell whether a main clause names another country before a pair in "the Russo-Ukrainian war"."""
    return any(set(other.codes) - set(phrase.codes) and not other.opener for other in before)


def _is_credit(phrases: Sequence[Phrase], place: int, words: Sequence[str], cues: Cues) -> bool:
    """Tell ", X officials said on Monday." closing a sentence that named somebody before."""
    if not place or _QUOTED_OR_COMMA.isdisjoint(words):
        return False
    after = phrases[place].after
    verb = next((index for index, word in enumerate(after[:6]) if word in cues.speech), None)
    if verb is None or "," in after[:-1] or not cues.complement.isdisjoint(after):
        return False
    return sum(len(phrase.after) for phrase in phrases[place:]) - verb <= _MAX_TAIL_WORDS
