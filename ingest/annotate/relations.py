"""Which pairs of countries a sentence relates: subject and object, coordination, reciprocal phrases."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product

from ingest.annotate.cues import Cues
from ingest.annotate.phrases import Phrase
from ingest.annotate.roles import NEVER, PARTICIPANT, Reason

MAX_MEMBERS = 8  # of a list: more is an enumeration, not a relation
STRONG = 3
WEAK = 1


@dataclass(frozen=True, slots=True)
class Pair:
    """Two countries, sorted, that a sentence relates; a `WEAK` one is named with at most one actor."""

    countries: tuple[str, str]
    strength: int
    reason: str


def pairs(
    phrases: Sequence[Phrase], reasons: Sequence[Reason], cues: Cues, previous: Sequence[str] = ()
) -> list[Pair]:
    """The pairs of one sentence, strongest first; `previous` is who acted in the sentence before."""
    taking = [phrase for phrase, reason in zip(phrases, reasons, strict=True) if reason in PARTICIPANT]
    between = next((p for p, r in zip(phrases, reasons, strict=True) if r == "between"), None)
    if between is not None:
        ahead = taking[: taking.index(between)]
        if len({code for phrase in ahead for code in phrase.codes}) < 2:
            return _within(between, "between the two")
        taking = ahead
    if not taking:
        return _weak(phrases, reasons)
    return _of_subject(taking, cues, previous) or _weak(phrases, reasons)


def _of_subject(taking: Sequence[Phrase], cues: Cues, previous: Sequence[str]) -> list[Pair]:
    subject, *rest = taking
    if rest and rest[0].is_coordinated and set(subject.codes) < set(rest[0].codes):
        subject, *rest = rest  # "The US says that the US and Qatar will block Iran"
    others = [phrase for phrase in rest if set(phrase.codes) - set(subject.codes)]
    # "Russian gas to Hungary": who gets the goods before whose they are.
    other = next((phrase for phrase in others if phrase.head != "goods"), others[0] if others else None)
    if other is None and previous and _has_verb(subject, cues.reacting):
        found = _across(Phrase([], list(previous)), subject, "reaction to the sentence before")
        if found:
            return found
    if len(subject.codes) > 1 and subject.is_coordinated:
        return _of_plural(subject, other, cues)
    return _across(subject, other, "subject and object") if other else []


def _of_plural(subject: Phrase, other: Phrase | None, cues: Cues) -> list[Pair]:
    """A coordinated subject: its members with each other, or each with the object."""
    is_reciprocal = _has_verb(subject, cues.reciprocal)
    if other is None or (is_reciprocal and other.governor not in cues.facing):
        is_subject = subject.governor not in cues.governing
        return _within(subject, "coordinated") if is_subject else []
    return _across(subject, other, "subjects and object")


def _has_verb(subject: Phrase, verbs: frozenset[str]) -> bool:
    return not verbs.isdisjoint(subject.after[:8])


def _within(phrase: Phrase, reason: str) -> list[Pair]:
    codes = phrase.codes[:MAX_MEMBERS]
    return [Pair(_sorted(a, b), STRONG, reason) for a, b in combinations(codes, 2)]


def _across(left: Phrase, right: Phrase, reason: str) -> list[Pair]:
    found = product(left.codes[:MAX_MEMBERS], right.codes[:MAX_MEMBERS])
    return list(dict.fromkeys(Pair(_sorted(a, b), STRONG, reason) for a, b in found if a != b))


def _weak(phrases: Sequence[Phrase], reasons: Sequence[Reason]) -> list[Pair]:
    """Nothing but passing mentions beside at most one actor: the first two countries."""
    codes = [c for p, r in zip(phrases, reasons, strict=True) if r not in NEVER for c in p.codes]
    first = list(dict.fromkeys(codes))[:2]
    return [Pair(_sorted(first[0], first[1]), WEAK, "named together")] if len(first) == 2 else []


def _sorted(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)
