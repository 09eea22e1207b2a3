"""Read a sentence as a row of country phrases: what joins them, what governs them, what clause they are in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.annotate.cues import Cues
from ingest.annotate.find import Named

_TOKEN = re.compile(r"[^\W_]+(?:[’'.][^\W_]+)*|[^\w\s]")
_JOINERS = frozenset("-–/‑")
_POSSESSIVE = frozenset({"'", "’", "s"})


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark between mentions; `word` is lower case."""

    word: str
    start: int
    is_capital: bool


@dataclass(slots=True)
class Phrase:
    """A country phrase: one mention, or several that are coordinated or joined by a hyphen.

    `governor` is the word before it that says what it is to the sentence ("in", "against"), `of` the noun
    when that word is "of". `clause` counts subordinate zones: 0 is the main clause.
    """

    mentions: list[int]
    codes: list[str]
    governor: str = ""
    of: str = ""
    head: str = ""
    opener: str = ""
    is_joined: bool = False
    is_coordinated: bool = False
    before: list[Token] = field(default_factory=list)
    after: list[Token] = field(default_factory=list)


def read(text: str, start: int, end: int, mentions: Sequence[Named], cues: Cues) -> list[Phrase]:
    """Return the phrases of the sentence `text[start:end]` that `mentions` (in order, all inside it) form."""
    gaps = _gaps(text, start, end, mentions)
    phrases: list[Phrase] = []
    for place, mention in enumerate(mentions):
        gap = gaps[place]
        link = _link(phrases[-1], mentions[place - 1], mention, gap, gaps[place + 1], cues) if phrases else ""
        if link:
            _extend(phrases[-1], place, mention, link)
        else:
            phrases.append(Phrase([place], [mention.code], before=gap))
    _settle_lists(phrases, mentions, gaps, cues)
    for phrase in phrases:
        phrase.before = gaps[phrase.mentions[0]]
        phrase.after = gaps[phrase.mentions[-1] + 1]
    _govern(phrases, mentions, cues)
    return phrases


def _gaps(text: str, start: int, end: int, mentions: Sequence[Named]) -> list[list[Token]]:
    """The tokens before the first mention, between each two, and after the last."""
    edges = [start, *(edge for mention in mentions for edge in (mention.start, mention.end)), end]
    return [
        [
            Token(found.group().lower(), found.start(), found.group()[0].isupper())
            for found in _TOKEN.finditer(text, edges[place], max(edges[place], edges[place + 1]))
        ]
        for place in range(0, len(edges), 2)
    ]


def _link(
    phrase: Phrase, last: Named, mention: Named, gap: list[Token], after: list[Token], cues: Cues
) -> str:
    """How a mention goes on the phrase before it: "same", "joined", "and", "comma", or not at all."""
    if last.start == mention.start:
        return "joined"
    words = [token.word for token in gap]
    if words and len(words) == 1 and words[0] in _JOINERS and last.code != mention.code:
        return "joined"
    if not all(_is_nominal(token, cues) for token in gap):
        return ""
    if last.code == mention.code and not cues.conjunction.intersection(words):
        return "same" if "," not in words or last.kind in "CG" else ""
    if cues.conjunction.intersection(words):
        return "and"
    return (
        "comma"
        if words.count(",") == 1
        and (words[-1] == "," or words[-1] in cues.determiner)
        and not phrase.is_joined
        else ""
    )


def _is_nominal(token: Token, cues: Cues) -> bool:
    """A word that may stand inside a list of actors."""
    word = token.word
    return (
        token.is_capital
        or word in cues.phrase_word
        or word in cues.actor
        or word in cues.conjunction
        or word in cues.determiner
        or word in _POSSESSIVE
        or word in {",", ".", "(", ")", '"', "“", "”"}
        or word in cues.title
    ) and word not in cues.location


def _extend(phrase: Phrase, place: int, mention: Named, link: str) -> None:
    phrase.mentions.append(place)
    if mention.code not in phrase.codes:
        phrase.codes.append(mention.code)
    phrase.is_joined |= link == "joined"
    phrase.is_coordinated |= link in {"and", "comma"}


def _settle_lists(
    phrases: list[Phrase], mentions: Sequence[Named], gaps: list[list[Token]], cues: Cues
) -> None:
    """A run of commas without a closing conjunction is no list: "In Moscow, Chinese President Xi"."""
    place = 0
    while place < len(phrases):
        phrase = phrases[place]
        cut = _cut(phrase, mentions, gaps, cues)
        if cut:
            rest = Phrase(
                phrase.mentions[cut:], _codes(phrase.mentions[cut:], mentions), is_joined=phrase.is_joined
            )
            rest.is_coordinated = _has_conjunction(rest, gaps, cues)
            phrase.mentions = phrase.mentions[:cut]
            phrase.codes = _codes(phrase.mentions, mentions)
            phrase.is_coordinated = _has_conjunction(phrase, gaps, cues)
            phrases.insert(place + 1, rest)
        place += 1


def _cut(phrase: Phrase, mentions: Sequence[Named], gaps: list[list[Token]], cues: Cues) -> int:
    """Where to cut a phrase in two: after a comma that no conjunction closes, or after a place before an adjective."""
    if not phrase.is_coordinated:
        return 0
    is_closed = False
    for index in range(len(phrase.mentions) - 1, 0, -1):
        place = phrase.mentions[index]
        if mentions[place].code == mentions[place - 1].code:
            continue
        words = {token.word for token in gaps[place]}
        is_closed = is_closed or bool(words & cues.conjunction)
        if "," in words and not is_closed:
            return index
    for index in range(1, len(phrase.mentions)):
        place = phrase.mentions[index]
        before, here = mentions[place - 1], mentions[place]
        if (
            before.kind in "CG"
            and here.kind == "A"
            and before.code != here.code
            and gaps[place][0].word == ","
        ):
            return index
    return 0


def _has_conjunction(phrase: Phrase, gaps: list[list[Token]], cues: Cues) -> bool:
    return any(cues.conjunction & {token.word for token in gaps[place]} for place in phrase.mentions[1:])


def _codes(places: list[int], mentions: Sequence[Named]) -> list[str]:
    return list(dict.fromkeys(mentions[place].code for place in places))


def _govern(phrases: list[Phrase], mentions: Sequence[Named], cues: Cues) -> None:
    """Set what governs each phrase, what it modifies, and which subordinate clause it stands in."""
    opener = ""
    is_initial = False
    for number, phrase in enumerate(phrases):
        opener, is_initial = _open_clause(
            phrase.before, opener, is_initial=is_initial, number=number, cues=cues
        )
        phrase.opener = opener
        phrase.governor, phrase.of = _governor(phrase.before, cues)
        phrase.head = _head(phrase.after, mentions[phrase.mentions[-1]], cues)


def _open_clause(
    gap: list[Token], opener: str, *, is_initial: bool, number: int, cues: Cues
) -> tuple[str, bool]:
    """Walk the words before a phrase: a subordinator opens a clause, a comma closes one that led the sentence."""
    words = [token.word for token in gap]
    for place, word in enumerate(words):
        bigram = " ".join(words[place : place + 2])
        trigram = " ".join(words[place : place + 3])
        if word == ";":
            opener = ""
        elif word == "," and opener and (is_initial or opener in cues.relative):
            opener, is_initial = "", False
        elif opener == "":
            if number == 0 and place == 0 and word in cues.leading:
                opener, is_initial = word, True
                continue
            found = next((w for w in (trigram, bigram, word) if w in cues.subordinate), "")
            if found:
                opener, is_initial = found, number == 0 and place == 0
    return opener, is_initial


def _governor(gap: list[Token], cues: Cues) -> tuple[str, str]:
    """The first word leftwards that is no part of the phrase; for "of" also the noun before it."""
    of = ""
    for place in range(len(gap) - 1, max(-1, len(gap) - 7), -1):
        word = gap[place].word
        if word in cues.genitive and place and not of:
            before = gap[place - 1].word
            if before not in cues.geo:
                return word, before
            continue
        if (
            word in cues.geo
            or word in _POSSESSIVE
            or (gap[place].is_capital and word not in cues.location and place)
        ):
            continue
        return word, of
    return "", of


def _head(gap: list[Token], last: Named, cues: Cues) -> str:
    """What a phrase modifies: "actor", "event", "land", "bilateral", "suffix", or nothing known."""
    words = [token.word for token in gap[:5]]
    if words[:1] and words[0] in _JOINERS and len(words) > 1 and words[1] in cues.weak_suffix:
        return "suffix"
    if words[:1] and words[0] in {"'", "’"} and last.kind != "A":
        return "owner"
    reach = words if last.kind in "AP" else words[:1]
    for word in reach:
        if word in cues.location or word in cues.topic or word in cues.phrase_word or word in cues.determiner:
            return ""
        if word in cues.bilateral:
            return "event" if word in cues.event else "bilateral"
        if word in cues.event:
            return "event"
        if word in cues.land:
            return "land"
        if word in cues.actor:
            return "actor"
        if not word.isalpha():
            return ""
    return ""
