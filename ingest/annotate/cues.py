"""The words of one language that decide roles, as `tables/<language>/cues.yaml` lists them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Literal

from ingest.annotate.words import WordTable

Noun = Literal["event", "goods", "bilateral", "land", "actor", "stop"]
"""What a noun makes of the country before it; "stop": no noun, the phrase ends before it."""


class PhraseSet:
    """Phrases of one to three words, looked for in a row of lower-case words."""

    def __init__(self, phrases: Iterable[str] = ()) -> None:
        """Take phrases with single spaces."""
        self.phrases = frozenset(phrases)
        self.heads = frozenset(phrase.split()[0] for phrase in self.phrases)
        self.tails = frozenset(phrase.split()[-1] for phrase in self.phrases)

    def end(self, words: Sequence[str]) -> bool:
        """Tell whether the words end with one of the phrases."""
        if not words or words[-1] not in self.tails:
            return False
        phrases = self.phrases
        return words[-1] in phrases or " ".join(words[-2:]) in phrases or " ".join(words[-3:]) in phrases

    def near_start(self, words: Sequence[str]) -> bool:
        """Tell whether one of the phrases stands first or second among the words."""
        return any(self.at(words, place) for place in range(min(2, len(words))))

    def anywhere(self, words: Sequence[str]) -> bool:
        """Tell whether one of the phrases stands among the words."""
        return any(self.at(words, place) for place in range(len(words)))

    def at(self, words: Sequence[str], place: int) -> str:
        """The phrase that starts at a place, the longest; empty where none does."""
        if words[place] not in self.heads:
            return ""
        for length in (3, 2, 1):
            phrase = " ".join(words[place : place + length])
            if phrase in self.phrases:
                return phrase
        return ""


POSSESSIVE = frozenset({"'", "’", "s"})
_MARKS = frozenset({",", ".", "(", ")", '"', "“", "”"})
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Cues:
    """Classes of words and phrases, lower case; a language lists those it has.

    Names: `title` stands before a leader's name, `opener_words` before one without being a forename,
    `neighbour` beside a country that could be a person. `named_after` words make something else of a city
    before them ("Kyoto Protocol"), `named_after_country` ones of a country.

    Nouns after a country: `actor` acts ("Iranian army"), `goods` are traded ("Iranian oil"), `event` and
    `land` do not act ("Syrian conflict", "Turkish soil"), nor does a `weak_suffix` ("Malta-flagged");
    `bilateral` relates two ("US–China talks").

    Prepositions: `location` and `topic` make a country a place or a topic, `geo` words stand between; a
    `talk` noun makes "`upon` X" a topic; an `exchange` noun in what opens a sentence makes X take part ("In
    a call `talk_with` X, Y says ..."); `border` phrases name a place when a `beside` word leads them;
    `genitive` is "of"; a `presence` noun before a location makes the place a counterpart ("its embassy in X",
    "strikes in X"); `governing` are all, `facing` those of a counterpart, `hostile` those of an enemy.
    `ethnic` before a people says that its state is not meant. Where a language says "in" by letters glued
    to a name or by a word behind it, `in_before` and `in_after` are these ("בעומאן", "Umman'da", "ओमान में");
    `not_in_before` words only end alike ("现在", now).

    Clauses: `subordinate` opens one that reports something else (`relative` ones end at a comma, `leading`
    ones open the sentence, `joining_clause` stands right before its subject); an `indefinite` article after
    a comma opens an apposition. `example`, `attribution`, `mediated` and `mediating` mark who takes
    no part; `mediation` before "between X and Y" is offered to the two by whom the sentence names first.

    Verbs: `speech` reports (with a `complement` it is no mere credit; in what is reported `speaker` phrases
    are who speaks), `reciprocal` relates the members of its subject, `reacting` answers the sentence before.

    Lists: `conjunction` and `between` coordinate, `determiner` and `phrase_word` may stand inside.

    Marks: `pair_words` point back at a pair; `sports` words make sport of an article in twos,
    `sports_alone` by themselves; `incident` words are of accidents, illness and the arts, where countries
    named together have nothing to do with each other; `state_affairs` words in the opening overrule both.

    Derived by `read`: `nouns` are the classes of nouns by word, `nominal` words may stand inside a list of
    actors, `marks` says by word which of the readings below it may need, `table` cuts words with these,
    `turns` may open or close a clause.
    """

    title: frozenset[str] = _NONE
    opener_words: frozenset[str] = _NONE
    neighbour: frozenset[str] = _NONE
    actor: frozenset[str] = _NONE
    event: frozenset[str] = _NONE
    bilateral: frozenset[str] = _NONE
    land: frozenset[str] = _NONE
    goods: frozenset[str] = _NONE
    named_after: frozenset[str] = _NONE
    named_after_country: frozenset[str] = _NONE
    geo: frozenset[str] = _NONE
    location: frozenset[str] = _NONE
    in_before: frozenset[str] = _NONE
    in_after: frozenset[str] = _NONE
    not_in_before: frozenset[str] = _NONE
    topic: frozenset[str] = _NONE
    talk: frozenset[str] = _NONE
    upon: frozenset[str] = _NONE
    talk_with: frozenset[str] = _NONE
    exchange: frozenset[str] = _NONE
    beside: frozenset[str] = _NONE
    relative: frozenset[str] = _NONE
    leading: frozenset[str] = _NONE
    joining_clause: frozenset[str] = _NONE
    mediation: frozenset[str] = _NONE
    speech: frozenset[str] = _NONE
    complement: frozenset[str] = _NONE
    ethnic: frozenset[str] = _NONE
    reciprocal: frozenset[str] = _NONE
    reacting: frozenset[str] = _NONE
    presence: frozenset[str] = _NONE
    weak_suffix: frozenset[str] = _NONE
    conjunction: frozenset[str] = _NONE
    between: frozenset[str] = _NONE
    determiner: frozenset[str] = _NONE
    phrase_word: frozenset[str] = _NONE
    indefinite: frozenset[str] = _NONE
    genitive: frozenset[str] = _NONE
    governing: frozenset[str] = _NONE
    facing: frozenset[str] = _NONE
    hostile: frozenset[str] = _NONE
    pair_words: frozenset[str] = _NONE
    sports: frozenset[str] = _NONE
    sports_alone: frozenset[str] = _NONE
    incident: frozenset[str] = _NONE
    state_affairs: frozenset[str] = _NONE
    border: PhraseSet = field(default_factory=PhraseSet)
    subordinate: PhraseSet = field(default_factory=PhraseSet)
    example: PhraseSet = field(default_factory=PhraseSet)
    attribution: PhraseSet = field(default_factory=PhraseSet)
    mediated: PhraseSet = field(default_factory=PhraseSet)
    mediating: PhraseSet = field(default_factory=PhraseSet)
    speaker: PhraseSet = field(default_factory=PhraseSet)
    nouns: Mapping[str, Noun] = field(default_factory=dict)
    nominal: frozenset[str] = _NONE
    marks: Mapping[str, int] = field(default_factory=dict)
    table: WordTable = field(default_factory=lambda: WordTable({}))
    turns: frozenset[str] = _NONE


# Bits of `Cues.marks`: a sentence whose words have none of them needs none of the slower readings.
OPENS, SOURCE, MEDIATES, BORDERS, SPEAKS, OF, GEO, PLACE, OWNS = (1 << bit for bit in range(9))

_DERIVED = frozenset({"nouns", "nominal", "marks", "table", "turns"})
_PHRASES = frozenset({"border", "subordinate", "example", "attribution", "mediated", "mediating", "speaker"})


def read(table: Mapping[str, Sequence[str]]) -> Cues:
    """Read the classes of `data/rules.json`; an unknown class is a ValueError."""
    unknown = set(table) - ({known.name for known in fields(Cues)} - _DERIVED)
    if unknown:
        raise ValueError(f"unknown classes of cues: {sorted(unknown)}")
    sets = {name: frozenset(words) for name, words in table.items() if name not in _PHRASES}
    phrases = {name: PhraseSet(words) for name, words in table.items() if name in _PHRASES}
    cues = Cues(**sets, **phrases)  # type: ignore[arg-type]  # one keyword a class, checked above
    cues = replace(cues, nouns=_nouns(cues), nominal=_nominal(cues))
    marks = _marks(cues)
    return replace(cues, marks=marks, table=WordTable(marks), turns=cues.subordinate.heads | {",", ";"})


def _nouns(cues: Cues) -> dict[str, Noun]:
    """The class of every word that may follow a country; of two classes the later here counts."""
    classes: tuple[tuple[Noun, frozenset[str]], ...] = (
        ("actor", cues.actor),
        ("land", cues.land),
        ("bilateral", cues.bilateral),
        ("goods", cues.goods),
        ("event", cues.event),
        ("stop", cues.location | cues.topic | cues.phrase_word | cues.determiner),
    )
    return {word: name for name, words in classes for word in words}


def _nominal(cues: Cues) -> frozenset[str]:
    actors = cues.actor | cues.title | cues.determiner | cues.phrase_word | cues.conjunction
    return (actors | POSSESSIVE | _MARKS) - cues.location


def _marks(cues: Cues) -> dict[str, int]:
    classes: tuple[tuple[int, frozenset[str]], ...] = (
        (OPENS, cues.subordinate.heads),
        (SOURCE, cues.attribution.tails | cues.example.tails | cues.mediated.tails),
        (MEDIATES, cues.mediating.heads),
        (BORDERS, cues.border.tails),
        (SPEAKS, cues.speech),
        (OF, cues.genitive),
        (GEO, cues.geo),
        (PLACE, cues.location),
        (OWNS, POSSESSIVE),
    )
    marks: dict[str, int] = {}
    for bit, words in classes:
        for word in words:
            marks[word] = marks.get(word, 0) | bit
    return marks
