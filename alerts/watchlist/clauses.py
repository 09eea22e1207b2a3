"""The clauses of a rule, as the matcher sees them: plain frozen values, no YAML left in them.

A rule's condition is a tree of `All`, `Any` and `Not` over leaves. Every node carries `path`, its place
in the YAML ("when.all[1].text"), so that evidence, `explain` and errors can point at it.
"""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["informational", "low", "medium", "high", "critical"]
Status = Literal["draft", "test", "live", "retired"]
TextField = Literal["title", "lead", "text"]
Label = Literal["denied", "suspended", "hypothetical", "past", "opinion"]


@dataclass(frozen=True, slots=True)
class Countries:
    """Countries that take part, in one sentence.

    `groups` is a tuple of alternatives: one country out of each alternative must be there, all different.
    `[IR, TR]` is (("IR",), ("TR",)); `any_of: [IR, TR]` is (("IR", "TR"),); `pair: [group:NATO, RU]` is
    ((members...), ("RU",)). `mode` is "pair" when exactly two sides must be *related* (a Relation of
    the event), else "together": participants of one sentence. With `role` "mentioned" any mention counts.
    """

    path: str
    groups: tuple[tuple[str, ...], ...]
    mode: Literal["pair", "together"]
    role: Literal["participant", "mentioned"] = "participant"
    salience: Literal["any", "lead", "headline"] = "any"


@dataclass(frozen=True, slots=True)
class Theme:
    """A trigger of a theme; in the sentence of the countries when the same `All` has a Countries clause."""

    path: str
    name: str
    exclude: frozenset[Label] = frozenset({"denied", "suspended", "hypothetical"})
    within: Literal["sentence", "article"] = "sentence"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in this order, with at most `slop` other words between them in all."""

    words: str
    slop: int = 0


@dataclass(frozen=True, slots=True)
class Near:
    """All phrases within a window of `words` words, in any order."""

    phrases: tuple[str, ...]
    words: int


@dataclass(frozen=True, slots=True)
class Regex:
    """A pattern without backtracking (no look-around, no back references), case-insensitive by default."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Text:
    """One of `terms`, in one of `fields`; `within`/`of_countries` tie it to the sentence of the countries."""

    path: str
    terms: tuple[Phrase | Near | Regex, ...]
    fields: tuple[TextField, ...] = ("title", "lead", "text")
    within: Literal["sentence", "paragraph", "article"] = "article"
    of_countries: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """A field of the event equal to one of `values` (folded, exact); languages match by BCP 47 prefix."""

    path: str
    field: Literal["source", "publisher", "publisher_country", "language", "section"]
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; the sentence-bound ones of them in one and the same sentence."""

    path: str
    parts: tuple["Clause", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    path: str
    parts: tuple["Clause", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold (`none: [a, b]` is an All of Nots)."""

    path: str
    part: "Clause"


Clause = All | AnyOf | Not | Countries | Theme | Text | Filter


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, read; `version` changes exactly when what it matches or where it goes changes."""

    id: str
    title: str
    watchlist: str
    when: Clause
    severity: Severity = "medium"
    status: Status = "live"
    tags: tuple[str, ...] = ()
    owner: str | None = None
    description: str = ""
    version: str = ""
    location: str = ""  # file:line, for messages
