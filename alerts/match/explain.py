"""Why a rule holds for an event or does not: the verdicts of `evaluate`, told to people."""

from collections.abc import Iterator
from dataclasses import dataclass

from alerts.match.document import OUTSIDE, Document
from alerts.match.evaluate import Scene
from alerts.match.proof import Proof, Verdict, proofs_at
from alerts.match.reasons import reason, some
from alerts.watchlist.clauses import (
    All,
    AnyOf,
    Clause,
    Countries,
    Filter,
    Near,
    Not,
    Phrase,
    Regex,
    Text,
    Theme,
)


@dataclass(frozen=True, slots=True)
class Node:
    """One clause: what it wants, whether it holds, why, and the stretch that decided, if one did.

    `start`/`end` are characters of `field` of the event, `sentence` the sentence they stand in.
    """

    holds: bool
    path: str
    what: str
    why: str
    field: str = ""
    sentence: str = ""
    start: int = 0
    end: int = 0
    parts: tuple["Node", ...] = ()


def describe(verdict: Verdict, scene: Scene, place: int | None = None) -> Node:
    """Tell a thorough verdict; parts are proven in the sentence that decided the whole, where one did."""
    if place is None and not verdict.everywhere and verdict.places:
        place = min(verdict.places)
    clause = verdict.clause
    below = None if isinstance(clause, Not) else place
    parts = tuple(describe(part, scene, below) for part in verdict.parts)
    holds = verdict.holds_at(place)
    why = reason(verdict, scene, place)
    proof = next(iter(proofs_at(verdict, place)), None) if not parts else None
    if proof is None:
        return Node(holds, clause.path, what(clause), why, parts=parts)
    sentence = _sentence(proof, scene.document)
    return Node(holds, clause.path, what(clause), why, proof.field, sentence, proof.start, proof.end)


def render_explanation(node: Node) -> str:
    """Write the tree as indented lines: ✓ or ✗, path, what is wanted, why; below it the sentence."""
    return "\n".join(_lines(node, 0)) + "\n"


def what(clause: Clause) -> str:  # noqa: PLR0911  # a return a kind of clause
    """Say what a clause wants, on one line."""
    match clause:
        case All():
            return "all of"
        case AnyOf():
            return "any of"
        case Not():
            return "not"
        case Countries(groups=groups, mode=mode, role=role, salience=salience):
            joint = " related with " if mode == "pair" else " together with "
            how = (" mentioned" if role == "mentioned" else "") + (
                "" if salience == "any" else f" in the {salience}"
            )
            return f"countries {joint.join(some(group) for group in groups)}{how}"
        case Theme(name=name, exclude=exclude, within=within):
            labels = f", not {' or '.join(sorted(exclude))}" if exclude else ""
            return f"theme {name} in the {within}{labels}"
        case Text(terms=terms, fields=fields, within=within):
            tie = f" in the {within} of the countries" if clause.of_countries else ""
            return f"text {some([_term(term) for term in terms])} in {', '.join(fields)}{tie}"
        case Filter(field=field, values=values):
            return f"{field} {some(values)}"


def _term(term: Phrase | Near | Regex) -> str:
    match term:
        case Phrase(words, slop):
            return f'"{words}"' + (f" with {slop} words between" if slop else "")
        case Near(phrases, words):
            return " near ".join(f'"{phrase}"' for phrase in phrases) + f" within {words} words"
        case Regex(pattern):
            return f"/{pattern}/"


def _sentence(proof: Proof, document: Document) -> str:
    if proof.place == OUTSIDE:
        return str(getattr(document.event, proof.field))
    return document.sentence_text(proof.place, proof.field, around=proof.start)


def _lines(node: Node, depth: int) -> Iterator[str]:
    indent = "  " * depth
    why = f" — {node.why}" if node.why else ""
    yield f"{indent}{'✓' if node.holds else '✗'} {node.path}: {node.what}{why}"
    if node.sentence:
        yield f"{indent}    {node.field}[{node.start}:{node.end}] “{node.sentence}”"
    for part in node.parts:
        yield from _lines(part, depth + 1)
