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
NEVER: frozenset[Reason] = frozenset({"example", "attribution", "dateline", "sports"})
"""Reasons that take a mention out of every relation; the other passing ones may still be all there is."""

_MAX_TAIL = 7  # words that may follow the verb of an attribution: "said on Monday in Ankara"


def reasons(phrases: Sequence[Phrase], cues: Cues) -> list[Reason]:
    """The reason for each phrase's role; those in `PARTICIPANT` take part, all others are passing."""
    return [_reason(phrases, place, cues) for place in range(len(phrases))]


def _reason(phrases: Sequence[Phrase], place: int, cues: Cues) -> Reason:
    phrase = phrases[place]
    words = [token.word for token in phrase.before[-6:]]
    plain = [word for word in words if word not in cues.determiner]
    if _is_attribution(phrases, place, words, cues):
        return "attribution"
    if _ends_with(words, cues.example):
        return "example"
    if _ends_with(plain, cues.mediated):
        return "mediator"
    if phrase.opener or (place and phrase.governor in cues.joining_clause):
        return "clause"
    if _is_pair(phrase, cues):
        is_topic = phrase.is_joined and phrase.governor in cues.governing
        return "topic" if is_topic and _names_another(phrases[:place], phrase) else "between"
    if phrase.head == "suffix":
        return "modifier"
    if _is_border(words, cues):
        return "border"
    if phrase.head in {"event", "land"} and phrase.governor not in cues.hostile:
        return "modifier" if phrase.head == "event" else "place"
    if phrase.governor in cues.location and phrase.head not in {"owner", "actor"}:
        return "place"
    if phrase.governor in cues.genitive and phrase.of in cues.event:
        return "modifier"
    if phrase.governor in cues.genitive and phrase.of in cues.land:
        return "place"
    if phrase.governor in cues.topic or (phrase.governor in cues.upon and cues.talk.intersection(words)):
        return "topic"
    return "counterpart" if place else "actor"


def _is_pair(phrase: Phrase, cues: Cues) -> bool:
    if len(phrase.codes) < 2:
        return False
    return phrase.governor in cues.between or (phrase.is_joined and phrase.head in {"bilateral", "event"})


def _names_another(before: Sequence[Phrase], phrase: Phrase) -> bool:
    """Tell whether a main clause names another country before a pair in "the Russo-Ukrainian war"."""
    return any(set(other.codes) - set(phrase.codes) and not other.opener for other in before)


def _is_border(words: list[str], cues: Cues) -> bool:
    """ "on its border with X" is a place; "closes its border with X" is not."""
    return _ends_with(words, cues.border) and bool(cues.beside.intersection(words))


def _is_attribution(phrases: Sequence[Phrase], place: int, words: list[str], cues: Cues) -> bool:
    """ "according to X", or ", X officials said." closing a sentence that named somebody before."""
    if _ends_with([word for word in words if word not in cues.determiner], cues.attribution):
        return True
    if not place or not {",", "”", '"'}.intersection(words):
        return False
    after = [token.word for token in phrases[place].after]
    verb = next((index for index, word in enumerate(after[:6]) if word in cues.speech), None)
    tail = sum(len(phrase.after) for phrase in phrases[place:])
    return (
        verb is not None
        and tail - verb <= _MAX_TAIL
        and not cues.complement.intersection(after)
        and not _has_comma(after[:-1])
    )


def _has_comma(words: list[str]) -> bool:
    return "," in words


def _ends_with(words: list[str], endings: frozenset[str]) -> bool:
    return any(" ".join(words[-length:]) in endings for length in range(1, min(3, len(words)) + 1))
