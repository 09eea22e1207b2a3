"""The sentences that prove an alert, cut into what is evidence and what stands around it."""

from collections.abc import Iterable
from dataclasses import dataclass

from alerts.alert import Evidence, Match
from alerts.watchlist.clauses import TextField
from stream.event import ArticleEvent

SENTENCE_LIMIT_CHARS = 1_200
_FIELDS = ("title", "lead", "text")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a sentence."""

    text: str
    is_evidence: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence of a field; the texts of its segments put together are the sentence."""

    field: str
    segments: tuple[Segment, ...]

    @property
    def text(self) -> str:
        """The whole sentence."""
        return "".join(segment.text for segment in self.segments)


def passages(match: Match) -> tuple[Passage, ...]:
    """Each sentence with evidence once, best proof first, its evidence marked."""
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for proof in match.evidence:
        spans.setdefault((proof.field, proof.sentence), []).append(_span(proof, match.event))
    return tuple(
        Passage(field, cut(sentence[:SENTENCE_LIMIT_CHARS], found))
        for (field, sentence), found in spans.items()
    )


def _span(proof: Evidence, event: ArticleEvent) -> tuple[int, int]:
    """Where the evidence lies within its sentence; empty when the two do not fit together."""
    whole = getattr(event, proof.field, "") if proof.field in _FIELDS else ""
    # The sentence may occur twice in an article: take the place that covers the evidence. `find`, for `rfind`
    # is quadratic.
    size = len(proof.sentence)
    at = whole.find(proof.sentence, max(0, proof.end - size), proof.start + size)
    if at < 0 or not at <= proof.start <= proof.end <= at + size:
        return 0, 0
    return proof.start - at, proof.end - at


def field_segments(match: Match, field: TextField, *same: TextField) -> tuple[Segment, ...]:
    """A whole field of the article, all evidence in it marked; spans that do not fit it are cut to fit.

    Evidence in the fields `same`, whose characters stand at the same places in `field`, is marked too.
    """
    spans = [(proof.start, proof.end) for proof in match.evidence if proof.field in {field, *same}]
    return cut(getattr(match.event, field), spans)


def cut(text: str, spans: Iterable[tuple[int, int]]) -> tuple[Segment, ...]:
    """Cut a text at the spans that are evidence; overlapping and touching ones become one."""
    segments: list[Segment] = []
    at = 0
    for start, end in _merged((max(0, start), min(end, len(text))) for start, end in spans):
        segments += [
            Segment(text[at:start], is_evidence=False),
            Segment(text[start:end], is_evidence=True),
        ]
        at = end
    segments.append(Segment(text[at:], is_evidence=False))
    return tuple(segment for segment in segments if segment.text)


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
