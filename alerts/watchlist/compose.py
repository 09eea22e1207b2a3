"""From the model of a watchlist to the clauses the matcher evaluates; total: a valid model always composes.

An `all` inside an `all` is dissolved, so that its parts share the sentence of the countries beside it. A
condition of one clause is that clause.
"""

import hashlib
from collections.abc import Callable, Iterator

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
    Rule,
    Text,
    Theme,
)
from alerts.watchlist.model import FILTERS, Condition, RulePart
from alerts.watchlist.parts import CountriesPart, Term, TextPart, ThemePart
from alerts.watchlist.vocabulary import Vocabulary
from stream.config.node import Path

Place = Callable[[Path], str]


class Composer:
    """Composes one rule; `place` writes a path as the YAML has it."""

    def __init__(self, vocabulary: Vocabulary, place: Place) -> None:
        """`vocabulary` expands groups of countries."""
        self._vocabulary = vocabulary
        self._place = place

    def compose(self, condition: Condition, path: Path) -> Clause:
        """Give the clause for a condition that stands at `path`."""
        parts = tuple(self._parts(condition, path))
        return parts[0] if len(parts) == 1 else All(self._place(path), parts)

    def _parts(self, condition: Condition, path: Path) -> Iterator[Clause]:
        if condition.countries:
            yield self._countries(condition.countries, (*path, "countries"))
        if condition.theme:
            yield self._theme(condition.theme, (*path, "theme"))
        if condition.text:
            yield self._text(condition.text, (*path, "text"))
        for name in FILTERS:
            values = getattr(condition, name)
            if values is not None:
                yield Filter(self._place((*path, name)), name, values)
        yield from self._groups(condition, path)

    def _groups(self, condition: Condition, path: Path) -> Iterator[Clause]:
        for place, part in enumerate(condition.all or ()):
            yield from self._parts(part, (*path, "all", place))
        if condition.any:
            options = [self.compose(part, (*path, "any", i)) for i, part in enumerate(condition.any)]
            yield options[0] if len(options) == 1 else AnyOf(self._place((*path, "any")), tuple(options))
        for place, part in enumerate(condition.none or ()):
            below = (*path, "none", place)
            yield Not(self._place(below), self.compose(part, below))

    def _countries(self, part: CountriesPart, path: Path) -> Countries:
        groups = tuple(self._vocabulary.expand(one) for one in part.pair or part.between or part.all_of or ())
        if part.any_of:
            members = [code for one in part.any_of for code in self._vocabulary.expand(one)]
            groups = (tuple(dict.fromkeys(members)),)
        # Two countries that take part in one sentence may still have nothing to do with each other there
        # (X and Y both warned Z); two sides are therefore held to a relation, as `annotate` reports it.
        is_pair = part.role == "participant" and len(groups) == 2
        return Countries(
            self._place(path), groups, "pair" if is_pair else "together", part.role, part.salience
        )

    def _theme(self, part: ThemePart, path: Path) -> Theme:
        exclude = frozenset(part.labels.exclude) - frozenset(part.labels.include)
        return Theme(self._place(path), part.name, exclude, part.within)

    def _text(self, part: TextPart, path: Path) -> Text:
        within = part.within or ("sentence" if part.of else "article")
        terms = tuple(_term(term) for term in part.terms)
        return Text(self._place(path), terms, part.fields, within, of_countries=part.of is not None)


def compose_rule(
    part: RulePart, *, watchlist: str, owner: str | None, location: str, composer: Composer, path: Path
) -> Rule:
    """Give the rule of a model; `path` is the place of its `when`."""
    when = composer.compose(part.when, path)
    return Rule(
        id=part.id,
        title=part.title or part.id,
        watchlist=watchlist,
        when=when,
        severity=part.severity,
        status=part.status,
        tags=part.tags,
        owner=part.owner or owner,
        description=part.description,
        version=version_of(when, (watchlist, part.severity, part.status, *sorted(part.tags))),
        location=location,
    )


def version_of(when: Clause, routing: tuple[str, ...]) -> str:
    """Hash what a rule matches and what decides where it goes; order of equals and layout do not count."""
    return hashlib.sha256(repr((_essence(when), routing)).encode()).hexdigest()[:12]


def _essence(clause: Clause) -> str:
    """Write a clause without its place, alternatives sorted."""
    match clause:
        case All(parts=parts) | AnyOf(parts=parts):
            return f"{type(clause).__name__}({', '.join(sorted(map(_essence, parts)))})"
        case Not(part=part):
            return f"Not({_essence(part)})"
        case Countries(_, groups, mode, role, salience):
            return f"Countries({sorted(sorted(group) for group in groups)}, {mode}, {role}, {salience})"
        case Theme(_, name, exclude, within):
            return f"Theme({name}, {sorted(exclude)}, {within})"
        case Text(_, terms, fields, within, of_countries):
            shown = f"{sorted(map(repr, terms))}, {sorted(fields)}, {within}, {of_countries}"
            return f"Text({shown})"
        case Filter(_, field, values):
            return f"Filter({field}, {sorted(values)})"


def _term(part: Term) -> Phrase | Near | Regex:
    if part.regex is not None:
        return Regex(part.regex)
    if part.near is not None:
        return Near(part.near, part.words)
    return Phrase(part.phrase or "", part.slop)
