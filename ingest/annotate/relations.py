"""Which pairs of countries a sentence relates: subject and object, coordination, reciprocal phrases."""

from collections.abc import Sequence
from itertools import combinations, product

from msgspec import Struct

from ingest.annotate.cues import SPEAKS, Cues
from ingest.annotate.phrases import Phrase
from ingest.annotate.roles import NEVER, PARTICIPANT, Reason

MAX_MEMBERS = 8  # of a list: more is an enumeration, not a relation
STRONG = 3
WEAK = 1
# In "frees two after a deal brokered by X", beside one country alone, X is who dealt with it.
_ASIDE = NEVER - {"mediator"}


class Pair(Struct, frozen=True, gc=False):
    """Two countries, sorted, that a sentence relates; a `WEAK` one is named with at most one actor."""

    countries: tuple[str, str]
    strength: int
    reason: str


def pairs(
    phrases: Sequence[Phrase],
    reasons: Sequence[Reason],
    cues: Cues,
    previous: Sequence[str] = (),
    *,
    points_back: bool = False,
) -> list[Pair]:
    """The pairs of one sentence, strongest first; `previous` is who acted in the sentence before."""
    if len(phrases) > MAX_MEMBERS and len({phrase.codes[0] for phrase in phrases}) > MAX_MEMBERS:
        return []  # a menu or a table that reads as one sentence
    taking: list[Phrase] = []
    ahead: list[Phrase] | None = None  # of the first "between X and Y": who stands before it
    between: Phrase | None = None
    for phrase, reason in zip(phrases, reasons, strict=True):
        if reason == "between" and between is None:
            between, ahead = phrase, taking.copy()
        if reason in PARTICIPANT:
            taking.append(phrase)
    if between is not None and ahead is not None:
        named = {code for phrase in ahead for code in phrase.codes}
        if named and named.isdisjoint(between.codes) and not cues.mediation.isdisjoint(between.before):
            return _across(ahead[0], between, "mediator between the two")
        if len(named) < 2 or named.issuperset(between.codes):
            return _within(between, "between the two")
        taking = ahead
    if not taking:
        return _weak(phrases, reasons, cues)
    if points_back and len(taking[0].codes) == 2 and taking[0].is_coordinated:
        return _within(taking[0], "coordinated")  # "X and Y say that the two countries will ... Z"
    return _of_subject(taking, cues, previous) or _weak(phrases, reasons, cues)


def _of_subject(taking: Sequence[Phrase], cues: Cues, previous: Sequence[str]) -> list[Pair]:
    subject, rest = taking[0], taking[1:]
    if rest and rest[0].is_coordinated and set(subject.codes) < set(rest[0].codes):
        subject, rest = rest[0], rest[1:]  # "The US says that the US and Qatar will block Iran"
    other = _object(subject, rest)
    if len(rest) > 1 and _reports(subject, rest[0], cues):
        # Who spoke and comes first in what is reported is its object: "X says that Y left X's port for Z".
        target = next((phrase for phrase in rest[1:] if not set(phrase.codes) <= set(rest[0].codes)), None)
        if target is not None and cues.speaker.anywhere(rest[0].after):
            # "X says that Y lets the country trade with Z": the country is X
            return _across(subject, rest[0], "subject and object")
        if target is not None and _is_third(target, subject, rest[0]):
            return _across(rest[0], target, "reported subject and object")
    if other is None and previous and _has_verb(subject, cues.reacting):
        found = _across(Phrase([], list(previous)), subject, "reaction to the sentence before")
        if found:
            return found
    if len(subject.codes) > 1 and subject.is_coordinated:
        return _of_plural(subject, other, cues)
    return _across(subject, other, "subject and object") if other else []


def _object(subject: Phrase, rest: Sequence[Phrase]) -> Phrase | None:
    """The first that names another country; in "Russian gas to Hungary" who gets the goods comes first."""
    known = frozenset(subject.codes)
    first: Phrase | None = None
    for phrase in rest:
        if known.issuperset(phrase.codes):
            continue
        if phrase.head != "goods":
            return phrase
        first = first or phrase
    return first


def _of_plural(subject: Phrase, other: Phrase | None, cues: Cues) -> list[Pair]:
    """A coordinated subject: its members with each other, or each with the object."""
    is_reciprocal = _has_verb(subject, cues.reciprocal)
    if other is None or (is_reciprocal and other.governor not in cues.facing):
        return _within(subject, "coordinated") if _is_subject(subject, cues) else []
    return _across(subject, other, "subjects and object")


def _reports(speaker: Phrase, subject: Phrase, cues: Cues) -> bool:
    """Tell "X says that Y ...": what is reported is what Y does."""
    if not speaker.marks_after & SPEAKS:
        return False
    words = [word for word in speaker.after[-6:] if word not in cues.determiner or word in cues.indefinite]
    is_clause = bool(words) and words[-1] in cues.complement and not cues.speech.isdisjoint(words)
    return is_clause and not set(subject.codes) <= set(speaker.codes)


def _is_third(phrase: Phrase, *others: Phrase) -> bool:
    """Tell whether a phrase names another country than each of the others does."""
    return all(set(phrase.codes) - set(other.codes) for other in others)


def _is_subject(phrase: Phrase, cues: Cues) -> bool:
    """No preposition governs it, or it says whose ministers the subject is."""
    is_governed = phrase.governor in cues.governing or phrase.governor in cues.location
    return not is_governed or phrase.governor in cues.genitive


def _has_verb(subject: Phrase, verbs: frozenset[str]) -> bool:
    return not verbs.isdisjoint(subject.after[:8])


def _within(phrase: Phrase, reason: str) -> list[Pair]:
    codes = phrase.codes[:MAX_MEMBERS]
    return [Pair(_sorted(a, b), STRONG, reason) for a, b in combinations(codes, 2)]


def _across(left: Phrase, right: Phrase, reason: str) -> list[Pair]:
    if len(left.codes) == len(right.codes) == 1:
        (a,), (b,) = left.codes, right.codes
        return [Pair(_sorted(a, b), STRONG, reason)] if a != b else []
    found = product(left.codes[:MAX_MEMBERS], right.codes[:MAX_MEMBERS])
    return list(dict.fromkeys(Pair(_sorted(a, b), STRONG, reason) for a, b in found if a != b))


def _weak(phrases: Sequence[Phrase], reasons: Sequence[Reason], cues: Cues) -> list[Pair]:
    """Nothing but passing mentions beside at most one actor: the first two countries.

    Not so when a preposition governs both: "aid for X and Y", "floods across X and Y".
    """
    if len(phrases) == 1 and len(phrases[0].codes) == 1:
        return []
    named = [phrase for phrase, reason in zip(phrases, reasons, strict=True) if reason not in _ASIDE]
    if named and not _is_subject(named[0], cues) and all(set(p.codes) <= set(named[0].codes) for p in named):
        return []
    codes = [code for phrase in named for code in phrase.codes]
    first = list(dict.fromkeys(codes))[:2]
    return [Pair(_sorted(first[0], first[1]), WEAK, "named together")] if len(first) == 2 else []


def _sorted(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)
