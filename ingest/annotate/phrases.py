"""Read a sentence as a row of country phrases: what joins and governs them, what clause they are in."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from ingest.annotate.cues import GEO, OF, OPENS, OWNS, PLACE, POSSESSIVE, Cues, Noun
from ingest.annotate.find import Named
from ingest.annotate.gaps import NOTHING, Gap, read_gap, read_tail
from ingest.annotate.lists import find_cuts

_JOINERS = frozenset("-–/‑")
_COMMAS = frozenset(",、，،")
_REACH_WORDS = 6  # how far before a phrase its governor may stand


class Phrase(Struct, gc=False):
    """A country phrase: one mention, or several that are coordinated or joined by a hyphen.

    `before` and `after` are the lower-case words around it, `marks_before` and `marks_after` their bits (see
    `Cues.marks`). `governor` is the word before it that says what it is to the sentence ("in", "against"),
    `of` the noun before a governor that is "of" or a location. `head` is the class of the noun it modifies,
    `opener` the word that opened the subordinate clause it stands in. `is_placed`: it is written as a place.
    """

    mentions: list[int]
    codes: list[str]
    before: Sequence[str] = ()
    after: Sequence[str] = ()
    marks_before: int = 0
    marks_after: int = 0
    governor: str = ""
    of: str = ""
    head: str = ""
    opener: str = ""
    is_joined: bool = False
    is_coordinated: bool = False
    is_placed: bool = False


def read(
    text: str,
    span: tuple[int, int],
    mentions: Sequence[Named],
    cues: Cues,
    *,
    has_case: bool = True,
) -> list[Phrase]:
    """Return the phrases of the sentence `text[span]` that `mentions` (in order, all inside it) form.

    Without `has_case` a capital says nothing: "Iran Warns Israel And Vows Revenge".
    """
    gaps = _gaps(text, span, mentions, cues, has_case=has_case)
    phrases = [Phrase([0], [mentions[0].code])]
    is_plain = True
    for place in range(1, len(mentions)):
        mention, phrase = mentions[place], phrases[-1]
        link = _link(phrase, mentions[place - 1], mention, gaps[place], cues, gaps[phrase.mentions[0]])
        if link:
            is_plain = False
            _extend(phrase, place, mention, link)
        else:
            phrases.append(Phrase([place], [mention.code]))
    if not is_plain:
        phrases = [part for phrase in phrases for part in _settle_list(phrase, mentions, gaps, cues)]
    _govern(phrases, mentions, gaps, cues)
    return phrases


def _gaps(
    text: str, span: tuple[int, int], mentions: Sequence[Named], cues: Cues, *, has_case: bool
) -> list[Gap]:
    """What stands before the first mention, between each two, and after the last."""
    start, end = span
    table = cues.table
    gaps: list[Gap] = []
    for mention in mentions:
        part = text[start : mention.start]
        gaps.append(read_gap(part, table, has_case=has_case) if part and part != " " else NOTHING)
        start = mention.end
    gaps.append(read_tail(text[start:end], table, has_case=has_case))
    return gaps


def _link(phrase: Phrase, last: Named, mention: Named, gap: Gap, cues: Cues, first: Gap) -> str:
    """How a mention goes on the phrase before it: "same", "joined", "and", "comma", or not at all."""
    words = gap.words
    if last.start == mention.start:
        return "joined"
    if len(words) == 1 and words[0] in _JOINERS and last.code != mention.code:
        return "joined"
    has_conjunction = not cues.conjunction.isdisjoint(words)
    is_repeated = has_conjunction and _is_repeated(words, first.words, cues)
    if _is_place_apart(last, mention, words) or (not is_repeated and not _is_nominal(gap, cues)):
        return ""
    if has_conjunction:
        return "and"
    if last.code == mention.code:
        return "same" if "," not in words or last.kind in "CG" else ""
    is_comma = words.count(",") == 1 and (words[-1] == "," or words[-1] in cues.determiner)
    return "comma" if is_comma and not phrase.is_joined else ""


def _is_place_apart(last: Named, mention: Named, words: Sequence[str]) -> bool:
    """Tell "イランと米国、オマーンで": a place behind a comma is no member of the list before it."""
    return mention.is_placed and not last.is_placed and len(words) == 1 and words[0] in _COMMAS


def _is_repeated(words: Sequence[str], first: Sequence[str], cues: Cues) -> bool:
    """Tell "against X and against Y": the preposition of the phrase's `first` mention again."""
    is_prepositional = len(words) > 1 and words[-1] in cues.governing and words[-2] in cues.conjunction
    return is_prepositional and words[-1] in first[-3:]


def _is_nominal(gap: Gap, cues: Cues) -> bool:
    """Tell whether all words may stand inside a list of actors: names, their titles, fillers."""
    nominal, written = cues.nominal, gap.written
    for place, word in enumerate(gap.words):
        if word not in nominal and (word == written[place] or word in cues.location):
            return False
    return True


def _extend(phrase: Phrase, place: int, mention: Named, link: str) -> None:
    phrase.mentions.append(place)
    if mention.code not in phrase.codes:
        phrase.codes.append(mention.code)
    phrase.is_joined |= link == "joined"
    phrase.is_coordinated |= link in {"and", "comma"}


def _settle_list(phrase: Phrase, mentions: Sequence[Named], gaps: Sequence[Gap], cues: Cues) -> list[Phrase]:
    """Cut a list where it is none: commas that no conjunction closes, a place before an adjective."""
    cuts = find_cuts(phrase.mentions, mentions, gaps, cues) if phrase.is_coordinated else []
    if not cuts:
        return [phrase]
    parts = (phrase.mentions[start:end] for start, end in pairwise([0, *cuts, len(phrase.mentions)]))
    return [_part(part, mentions, gaps, cues, is_joined=phrase.is_joined) for part in parts]


def _part(
    places: list[int], mentions: Sequence[Named], gaps: Sequence[Gap], cues: Cues, *, is_joined: bool
) -> Phrase:
    codes = list(dict.fromkeys(mentions[place].code for place in places))
    is_coordinated = any(not cues.conjunction.isdisjoint(gaps[place].words) for place in places[1:])
    return Phrase(places, codes, is_joined=is_joined, is_coordinated=is_coordinated)


def _govern(phrases: Sequence[Phrase], mentions: Sequence[Named], gaps: Sequence[Gap], cues: Cues) -> None:
    """Set what stands around each phrase, what governs it, and which subordinate clause it is in."""
    opener = ""
    last: Phrase | None = None
    for phrase in phrases:
        first, end = phrase.mentions[0], phrase.mentions[-1]
        before, after = gaps[first], gaps[end + 1]
        phrase.is_placed = mentions[end].is_placed
        if opener or before.marks & OPENS or (not first and before.words and before.words[0] in cues.leading):
            opener = _open_clause(before.words, opener, is_first=not first, cues=cues)
            phrase.opener = (
                "" if opener[:1] == "^" and _opens_talk(before.words, cues) else opener.lstrip("^")
            )
        phrase.before, phrase.marks_before = before.words, before.marks
        phrase.after, phrase.marks_after = after.words, after.marks
        if before.words:
            phrase.governor, phrase.of = _governor(before, cues)
            if phrase.governor in cues.weak_suffix and before.words[0] in _JOINERS and last:
                phrase.governor, phrase.of = last.governor, last.of  # "in Russian-held Ukraine"
        if after.words:
            phrase.head = _head(after.words, mentions[end], cues)
        last = phrase


def _open_clause(words: Sequence[str], opener: str, *, is_first: bool, cues: Cues) -> str:
    """Walk the words before a phrase: a subordinator opens a clause, a comma closes some.

    Returns the opener in force, with "^" before it where it opened the sentence.
    """
    turns = cues.turns
    for place, word in enumerate(words):
        if place and word not in turns:
            continue
        if word == ";" or (word == "," and opener and (opener[0] == "^" or opener in cues.relative)):
            opener = ""
        elif not opener and is_first and place == 0:
            opener = word if word in cues.leading else cues.subordinate.at(words, place)
            opener = f"^{opener}" if opener else ""
        elif not opener:
            opener = cues.subordinate.at(words, place)
    return opener


def _opens_talk(words: Sequence[str], cues: Cues) -> bool:
    """Tell "In a call with X, Y says ...": who is talked with takes part, in that clause too."""
    return bool(words) and words[-1] in cues.talk_with and not cues.exchange.isdisjoint(words)


def _governor(gap: Gap, cues: Cues) -> tuple[str, str]:
    """The first word leftwards that is no part of the phrase; for "of" and "in" also the noun before it."""
    words, written, marks = gap.words, gap.written, cues.marks.get
    of = ""
    for place in range(len(words) - 1, max(-1, len(words) - 1 - _REACH_WORDS), -1):
        word = words[place]
        mark = marks(word, 0)
        if mark & OF and place and not of:
            if not marks(words[place - 1], 0) & GEO:
                return word, words[place - 1]
            continue
        is_name = place and word != written[place] and not mark & PLACE
        if is_name or mark & (GEO | OWNS):
            continue
        if mark & PLACE and place and not of:
            of = words[place - 1]
        return word, of
    return "", of


def _head(words: Sequence[str], last: Named, cues: Cues) -> str:
    """What a phrase modifies: the class of a noun, "suffix", "owner", or nothing known."""
    first = words[0]
    if first in _JOINERS and len(words) > 1 and words[1] in cues.weak_suffix:
        return "suffix"
    if first in POSSESSIVE and last.kind != "A":
        return "owner"
    nouns = cues.nouns
    for place, word in enumerate(words[:5] if last.kind in "AP" else words[:1]):
        if not word.isalpha():
            return ""
        if word in nouns:
            return _of_noun(nouns, nouns[word], words[place + 1 : place + 2])
    return ""


def _of_noun(nouns: Mapping[str, Noun], noun: Noun, following: Sequence[str]) -> str:
    """The class of a noun; "district judge" and "coast guard" are no land."""
    is_office = noun == "land" and any(nouns.get(word) == "actor" for word in following)
    return "actor" if is_office else "" if noun == "stop" else noun
