"""Where a row of countries that reads as one list is none: at commas that nothing closes, behind a place."""

from collections.abc import Sequence

from ingest.annotate.cues import Cues
from ingest.annotate.find import Named
from ingest.annotate.gaps import Gap


def find_cuts(places: Sequence[int], mentions: Sequence[Named], gaps: Sequence[Gap], cues: Cues) -> list[int]:
    """Where to cut a list, as indexes into `places`, in order; one pass, for a hostile list has thousands.

    `places` are those of its mentions, two or more; a gap stands before the mention of its place. What no
    conjunction closes is cut once and no further.
    """
    closed = _last_conjunction(places, gaps, cues)
    unclosed = _last_unclosed(places, mentions, gaps, cues)
    cuts = [unclosed] if unclosed else []
    for index in range(unclosed + 1, len(places)):
        if cuts and cuts[-1] >= closed:
            return cuts
        if _is_place_before_people(mentions[places[index - 1]], mentions[places[index]], gaps[places[index]]):
            cuts.append(index)
    start = cuts[-1] if cuts else 0
    if (start and start >= closed) or not _has_comma(gaps[places[start + 1]]):
        return cuts
    return cuts + _behind_opening_places(places, start, closed, mentions, gaps, cues)


def _last_conjunction(places: Sequence[int], gaps: Sequence[Gap], cues: Cues) -> int:
    for index in range(len(places) - 1, 0, -1):
        if not cues.conjunction.isdisjoint(gaps[places[index]].words):
            return index
    return 0


def _last_unclosed(places: Sequence[int], mentions: Sequence[Named], gaps: Sequence[Gap], cues: Cues) -> int:
    """The last comma between two countries, unless a conjunction behind it closes the list; 0 if none."""
    for index in range(len(places) - 1, 0, -1):
        place = places[index]
        if mentions[place].code == mentions[place - 1].code:
            continue
        words = gaps[place].words
        if not cues.conjunction.isdisjoint(words):
            return 0
        if "," in words:
            return index
    return 0


def _is_place_before_people(before: Named, here: Named, gap: Gap) -> bool:
    """Tell "In Moscow, Chinese and Russian leaders"."""
    is_place = before.kind in "CG" and here.kind == "A" and before.code != here.code
    return is_place and _has_comma(gap)


def _has_comma(gap: Gap) -> bool:
    return gap.words[:1] == [","]


def _behind_opening_places(  # what a reading of a sentence consists of
    places: Sequence[int],
    start: int,
    closed: int,
    mentions: Sequence[Named],
    gaps: Sequence[Gap],
    cues: Cues,
) -> list[int]:
    """Cut behind each place that opens the rest of the list: a city with its state, or "In Oman,"."""
    codes = [mentions[place].code for place in places]
    last = {code: index for index, code in enumerate(codes)}
    varied = max((index for code, index in last.items() if code != codes[-1]), default=0)
    cuts: list[int] = []
    while (start < closed or not start) and _has_comma(gaps[places[start + 1]]):
        is_city = mentions[places[start]].kind == "C"
        has_state = is_city and last[codes[start]] > start < varied  # "After talks in Delhi, India and Nepal"
        if not has_state and (start or not _opens_sentence(places, len(last), gaps, cues)):
            break
        start += 1
        cuts.append(start)
    return cuts


def _opens_sentence(places: Sequence[int], countries: int, gaps: Sequence[Gap], cues: Cues) -> bool:
    """Tell "In Oman, Iran and Iraq agree": a place and its actors, for no comma ends the list."""
    opening = gaps[0].words
    is_first = places[0] == 0 and len(opening) == 1 and opening[0] in cues.location
    return is_first and countries > 2 and not _has_comma(gaps[places[-1] + 1])
