"""Find themes in a scanned event: triggers, words near each other, exclusions, labels."""

from dataclasses import dataclass
from typing import NamedTuple

from alerts.match.document import Document, Span, Spot
from alerts.match.labels import LabelMarks, Mark
from alerts.match.lexicon import Use
from alerts.match.windows import outermost, uncovered, within_window
from alerts.watchlist.clauses import Label

_MAX_HITS = 200  # of one theme in one event: bounds what a text made of triggers can cost


@dataclass(frozen=True, slots=True)
class ThemeHit:
    """A theme in a sentence: `start`/`end` are the trigger's characters in `field` of the event."""

    name: str
    labels: tuple[Label, ...]
    field: str
    sentence: str
    start: int
    end: int


class Trigger(NamedTuple):
    """A theme's trigger where it stands, with its labels; its sentence is not yet cut out."""

    spot: Spot
    labels: tuple[Label, ...]


def find_themes(document: Document) -> dict[str, list[Trigger]]:
    """The triggers of each theme in the event, in the order of the text.

    Words of the event's language and English count; of every language when it is unknown.
    """
    uses = _uses_in(document)
    names = dict.fromkeys(use.name for use in uses if use.kind in {"trigger", "near"})
    if not names:
        return {}
    marks = sorted(
        Mark(span, use.name)  # type: ignore[arg-type]  # the name of a use of kind label is a Label
        for use in uses
        if use.kind == "label"
        for span in document.occurrences(use.phrases[0][0])
    )
    found = {name: _triggers(document, name, uses, marks) for name in names}
    return {name: triggers for name, triggers in found.items() if triggers}


def _uses_in(document: Document) -> list[Use]:
    """What the terms in the event stand for; a use that several of them begin is there once."""
    uses = (use for tongue in document.tongues for term in document.hits for use in tongue.uses.get(term, ()))
    return list({id(use): use for use in uses}.values())


def _triggers(document: Document, name: str, in_text: list[Use], marks: list[Mark]) -> list[Trigger]:
    """The triggers of one theme."""
    uses = [use for use in in_text if use.name == name]
    ignored = document.lexicon.ignored.get(name)
    if ignored:
        marks = [mark for mark in marks if mark.label not in ignored]
    covers = sorted(
        span for use in uses if use.kind == "exclude" for span in document.occurrences(use.phrases[0][0])
    )
    spans: set[Span] = set()
    own: set[Span] = set()  # the theme's words themselves
    for use in uses:
        if use.kind == "exclude":
            continue
        sides = [
            sorted({span for pieces in side for span in uncovered(document.occurrences(pieces), covers)})
            for side in use.phrases
        ]
        spans.update(within_window(sides, use.words) if use.kind == "near" else sides[0])
        own.update(*sides)
    located = [(span, document.locate(span)) for span in outermost(spans)[:_MAX_HITS]]
    labels = LabelMarks(document, marks, own)
    return [
        Trigger(spot, labels.labels_at(span, spot)) for span, spot in located if spot.place == spot.end_place
    ]
