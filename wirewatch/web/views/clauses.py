"""What a rule looks for, in words: the tree of its clauses. Pure."""

from dataclasses import dataclass

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
    Text,
    Theme,
)
from wirewatch.web.views.wording import country, joined

_COUNTRIES_SHOWN = 8
_TERMS_SHOWN = 30
_FIELDS = {
    "source": "the source",
    "publisher": "the publisher",
    "publisher_country": "the publisher's country",
    "language": "the language",
    "section": "the section",
}
_WHERE = {"any": "", "lead": ", in the title or the opening", "headline": ", in the title"}


@dataclass(frozen=True, slots=True)
class Told:
    """A clause in words, where it stands in the YAML, and the clauses below it."""

    words: str
    path: str
    parts: tuple["Told", ...] = ()


def tell(clause: Clause) -> Told:  # noqa: PLR0911 - a return a kind of clause
    """Put a clause and all below it into words."""
    match clause:
        case All(path=path, parts=parts):
            return Told("All of these hold:", path, tuple(map(tell, parts)))
        case AnyOf(path=path, parts=parts):
            return Told("At least one of these holds:", path, tuple(map(tell, parts)))
        case Not(path=path, part=part):
            return Told("This must not hold:", path, (tell(part),))
        case Countries():
            return Told(_countries(clause), clause.path)
        case Theme():
            return Told(_theme(clause), clause.path)
        case Text():
            return Told(_text(clause), clause.path)
        case Filter(path=path, field=field, values=values):
            return Told(f"{_FIELDS[field].capitalize()} is {joined(values[:_TERMS_SHOWN], 'or')}.", path)


def _countries(clause: Countries) -> str:
    sides = tuple(_side(group) for group in clause.groups)
    where = _WHERE[clause.salience]
    if clause.mode == "pair":
        return f"A sentence reports something between {joined(sides)}{where}."
    verb = {"participant": "take part", "mentioned": "are mentioned"}[clause.role]
    if len(sides) == 1:
        verb = {"participant": "takes part", "mentioned": "is mentioned"}[clause.role]
        return f"{sides[0][0].upper()}{sides[0][1:]} {verb}{where}."
    return f"{joined(sides)} {verb} in one sentence{where}."


def _side(group: tuple[str, ...]) -> str:
    names = [country(code) for code in group[:_COUNTRIES_SHOWN]]
    if len(group) > _COUNTRIES_SHOWN:
        return f"one of {', '.join(names)} and {len(group) - _COUNTRIES_SHOWN} others"
    return names[0] if len(names) == 1 else f"one of {joined(names, 'or')}"


def _theme(clause: Theme) -> str:
    name = clause.name.replace("_", " ")
    where = "in the same sentence" if clause.within == "sentence" else "anywhere in the article"
    labels = joined(sorted(clause.exclude), "or")
    return f"The theme “{name}” is reported {where}" + (f", and not as {labels}." if labels else ".")


def _text(clause: Text) -> str:
    terms = [_term(term) for term in clause.terms[:_TERMS_SHOWN]]
    if len(clause.terms) > _TERMS_SHOWN:
        terms.append(f"one of {len(clause.terms) - _TERMS_SHOWN} more")
    fields = joined(clause.fields, "or")
    tie = f", in the {clause.within} of the countries" if clause.of_countries else ""
    return f"The {fields} has {', or '.join(terms)}{tie}."


def _term(term: Phrase | Near | Regex) -> str:
    match term:
        case Phrase(words, slop):
            return f"“{words}”" + (f" with up to {slop} words between" if slop else "")
        case Near(phrases, words):
            return f"{joined([f'“{phrase}”' for phrase in phrases])} within {words} words"
        case Regex(pattern):
            return f"the pattern /{pattern}/"
