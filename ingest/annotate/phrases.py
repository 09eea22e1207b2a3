"""Read a sentence as a row of country phrases: what joins and governs them, what clause they are in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ingest.annotate.cues import POSSESSIVE, Cues
from ingest.annotate.find import Named

_TOKEN = re.compile(r"[^\W_]+(?:[’'.][^\W_]+)*|[^\w\s]")
_JOINERS = frozenset("-–/‑")
_REACH_WORDS = 6  # how far before a phrase its governor may stand


class Gap(NamedTuple):
    """The words and marks between two mentions: `words` in lower case, `written` as the text has them."""

    words: list[str]
    written: list[str]


@dataclass(slots=True)
class Phrase:
    """A country phrase: one mention, or several that are coordinated or joined by a hyphen.

    `before` and `after` are the lower-case words around it. `governor` is the word before it that says what
    it is to the sentence ("in", "against"), `of` the noun before a governor that is "of" or a location.
    `head` is the class of the noun it modifies, `opener` the word that opened the subordinate clause it
    stands in.
    """

    mentions: list[int]
    codes: list[str]
    before: Sequence[str] = ()
    after: Sequence[str] = ()
    governor: str = ""
    of: str = ""
    head: str = ""
    opener: str = ""
    is_joined: bool = False
    is_coordinated: bool = False


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
    gaps = _gaps(text, span, mentions, has_case=has_case)
    phrases: list[Phrase] = []
    for place, mention in enumerate(mentions):
        link = (
            _link(phrases[-1], mentions[place - 1], mention, gaps[place], cues, gaps[phrases[-1].mentions[0]])
            if phrases
            else ""
        )
        if link:
            _extend(phrases[-1], place, mention, link)
        else:
            phrases.append(Phrase([place], [mention.code]))
    phrases = [part for phrase in phrases for part in _settle_list(phrase, mentions, gaps, cues)]
    _govern(phrases, mentions, gaps, cues)
    return phrases


def _gaps(text: str, span: tuple[int, int], mentions: Sequence[Named], *, has_case: bool) -> list[Gap]:
    """What stands before the first mention, between each two, and after the last."""
    start, end = span
    gaps: list[Gap] = []
    for mention in mentions:
        gaps.append(_gap(text, start, mention.start, has_case=has_case))
        start = mention.end
    gaps.append(_gap(text, start, end, has_case=has_case))
    return gaps


def _gap(text: str, start: int, end: int, *, has_case: bool) -> Gap:
    written = _TOKEN.findall(text, start, max(start, end))
    words = "\n".join(written).lower().split("\n") if written else written
    return Gap(words, written if has_case else words)


def _link(phrase: Phrase, last: Named, mention: Named, gap: Gap, cues: Cues, first: Gap) -> str:
    """How a mention goes on the phrase before it: "same", "joined", "and", "comma", or not at all."""
    words = gap.words
    if last.start == mention.start:
        return "joined"
    if len(words) == 1 and words[0] in _JOINERS and last.code != mention.code:
        return "joined"
    is_repeated = _is_repeated(words, first.words, cues)
    if not is_repeated and not _is_nominal(gap, cues):
        return ""
    if is_repeated or not cues.conjunction.isdisjoint(words):
        return "and"
    if last.code == mention.code:
        return "same" if "," not in words or last.kind in "CG" else ""
    is_comma = words.count(",") == 1 and (words[-1] == "," or words[-1] in cues.determiner)
    return "comma" if is_comma and not phrase.is_joined else ""


def _is_repeated(words: Sequence[str], first: Sequence[str], cues: Cues) -> bool:
    """Tell "against X and against Y": the preposition of the phrase's `first` mention again."""
    is_prepositional = len(words) > 1 and words[-1] in cues.governing and words[-2] in cues.conjunction
    return is_prepositional and words[-1] in first[-3:]


def _is_nominal(gap: Gap, cues: Cues) -> bool:
    """Tell whether all words may stand inside a list of actors: names, their titles, fillers."""
    if cues.nominal.issuperset(gap.words):
        return True
    return all(
        word in cues.nominal or (word != written and word not in cues.location)
        for word, written in zip(gap.words, gap.written, strict=True)
    )


def _extend(phrase: Phrase, place: int, mention: Named, link: str) -> None:
    phrase.mentions.append(place)
    if mention.code not in phrase.codes:
        phrase.codes.append(mention.code)
    phrase.is_joined |= link == "joined"
    phrase.is_coordinated |= link in {"and", "comma"}


def _settle_list(phrase: Phrase, mentions: Sequence[Named], gaps: Sequence[Gap], cues: Cues) -> list[Phrase]:
    """Cut a list where it is none: commas that no conjunction closes, a place before an adjective."""
    cut = _cut(phrase, mentions, gaps, cues) if phrase.is_coordinated else 0
    if not cut:
        return [phrase]
    parts = [phrase.mentions[:cut], phrase.mentions[cut:]]
    made = [_part(part, mentions, gaps, cues, is_joined=phrase.is_joined) for part in parts]
    return [made[0], *_settle_list(made[1], mentions, gaps, cues)]


def _cut(phrase: Phrase, mentions: Sequence[Named], gaps: Sequence[Gap], cues: Cues) -> int:
    is_closed = False
    for index in range(len(phrase.mentions) - 1, 0, -1):
        place = phrase.mentions[index]
        if mentions[place].code == mentions[place - 1].code:
            continue
        words = gaps[place].words
        is_closed = is_closed or not cues.conjunction.isdisjoint(words)
        if "," in words and not is_closed:
            return index
    for index in range(1, len(phrase.mentions)):
        place = phrase.mentions[index]
        before, here = mentions[place - 1], mentions[place]
        is_place = before.kind in "CG" and here.kind == "A" and before.code != here.code
        if is_place and gaps[place].words[:1] == [","]:
            return index  # "In Moscow, Chinese and Russian leaders"
    return 0


def _part(
    places: list[int], mentions: Sequence[Named], gaps: Sequence[Gap], cues: Cues, *, is_joined: bool
) -> Phrase:
    codes = list(dict.fromkeys(mentions[place].code for place in places))
    is_coordinated = any(not cues.conjunction.isdisjoint(gaps[place].words) for place in places[1:])
    return Phrase(places, codes, is_joined=is_joined, is_coordinated=is_coordinated)


def _govern(phrases: Sequence[Phrase], mentions: Sequence[Named], gaps: Sequence[Gap], cues: Cues) -> None:
    """Set what stands around each phrase, what governs it, and which subordinate clause it is in."""
    opener = ""
    for number, phrase in enumerate(phrases):
        gap = gaps[phrase.mentions[0]]
        opener = _open_clause(gap.words, opener, is_first=number == 0, cues=cues)
        phrase.before = gap.words
        phrase.after = gaps[phrase.mentions[-1] + 1].words
        phrase.opener = opener.lstrip("^")
        phrase.governor, phrase.of = _governor(gap, cues)
        phrase.head = _head(phrase.after, mentions[phrase.mentions[-1]], cues)


def _open_clause(words: Sequence[str], opener: str, *, is_first: bool, cues: Cues) -> str:
    """Walk the words before a phrase: a subordinator opens a clause, a comma closes some.

    Returns the opener in force, with "^" before it where it opened the sentence.
    """
    if not opener and cues.openers.isdisjoint(words):
        return ""
    for place, word in enumerate(words):
        if word == ";" or (word == "," and opener and (opener[0] == "^" or opener in cues.relative)):
            opener = ""
        elif not opener:
            is_start = is_first and place == 0
            opener = word if is_start and word in cues.leading else cues.subordinate.at(words, place)
            opener = f"^{opener}" if opener and is_start else opener
    return opener


def _governor(gap: Gap, cues: Cues) -> tuple[str, str]:
    """The first word leftwards that is no part of the phrase; for "of" and "in" also the noun before it."""
    words, written = gap.words, gap.written
    of = ""
    for place in range(len(words) - 1, max(-1, len(words) - 1 - _REACH_WORDS), -1):
        word = words[place]
        if word in cues.genitive and place and not of:
            if words[place - 1] not in cues.geo:
                return word, words[place - 1]
            continue
        is_name = place > 0 and word != written[place] and word not in cues.location
        if is_name or word in cues.geo or word in POSSESSIVE:
            continue
        if word in cues.location and place and not of:
            of = words[place - 1]
        return word, of
    return "", of


def _head(words: Sequence[str], last: Named, cues: Cues) -> str:
    """What a phrase modifies: the class of a noun (see `_noun`), "suffix", "owner", or nothing known."""
    if len(words) > 1 and words[0] in _JOINERS and words[1] in cues.weak_suffix:
        return "suffix"
    if words and words[0] in POSSESSIVE and last.kind != "A":
        return "owner"
    for word in words[:5] if last.kind in "AP" else words[:1]:
        found = _noun(word, cues)
        if found:
            return found if found != "stop" else ""
    return ""


def _noun(word: str, cues: Cues) -> str:
    """The class of a noun, "stop" where the phrase ends, or nothing for any other word."""
    return cues.nouns.get(word, "") if word.isalpha() else "stop"
