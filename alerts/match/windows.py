"""Spans in relation to others: covered by one, together in a window, within one another."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from alerts.match.document import Span


def within_window(sides: Sequence[Sequence[Span]], words: int) -> list[Span]:
    """From each occurrence that can begin it, the shortest window over all sides, if of `words` or fewer.

    Each side is sorted. The occurrences may stand in any order and overlap. Costs a search a side and hit.
    """
    if not all(sides):
        return []
    starts = [[span.start for span in side] for side in sides]
    soonest = [_soonest_ends(side) for side in sides]
    found = []
    for start, word in sorted({(span.start, span.word) for side in sides for span in side}):
        places = [bisect_left(begins, start) for begins in starts]
        if any(place == len(side) for place, side in zip(places, sides, strict=True)):
            break
        last = max(
            (ends[place] for ends, place in zip(soonest, places, strict=True)), key=lambda span: span.end
        )
        if last.last_word - word <= words:
            found.append(Span(start, last.end, word, last.last_word))
    return found


def uncovered(spans: Sequence[Span], covers: Sequence[Span]) -> Sequence[Span]:
    """Leave out the spans that lie within one of `covers` (sorted)."""
    if not covers:
        return spans
    starts = [cover.start for cover in covers]
    reach = list(accumulate((cover.end for cover in covers), max))
    return [
        span
        for span in spans
        if not (place := bisect_right(starts, span.start)) or reach[place - 1] < span.end
    ]


def outermost(spans: Iterable[Span]) -> list[Span]:
    """Leave out what lies within another: "cooperation" within "military cooperation"."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.end > kept[-1].end:
            kept.append(span)
    return kept


def _soonest_ends(side: Sequence[Span]) -> list[Span]:
    """For each place, the span at or behind it that ends first."""
    return list(accumulate(reversed(side), _sooner))[::-1]


def _sooner(best: Span, span: Span) -> Span:
    return best if best.end <= span.end else span
