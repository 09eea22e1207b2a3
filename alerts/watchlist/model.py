"""A watchlist as written in YAML: rules with what they look for, where alerts of them rank, and tests."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError

from alerts.watchlist.clauses import Severity, Status
from alerts.watchlist.languages import LanguageTag
from alerts.watchlist.parts import CountriesClause, Part, TextClause, ThemeClause, Words
from alerts.watchlist.shorthand import ONE_OR_MORE, TEXT, WORD, Short, keys_as_list
from stream.config.node import Path

_LATER_WORDS = ("trigger", "expect", "exceptions", "include", "lists", "alert", "published", "review_by")
LATER = {word: f"{word} is not supported yet in this version" for word in _LATER_WORDS}
FilterField = Literal["source", "publisher", "publisher_country", "language", "section"]
FILTERS: tuple[FilterField, ...] = ("source", "publisher", "publisher_country", "language", "section")
CONDITIONS = ("countries", "theme", "text", *FILTERS)
GROUPS = ("all", "any", "none")

_SLUG = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")


def _slug(written: str) -> str:
    if _SLUG.fullmatch(written):
        return written
    fixed = re.sub(r"[^a-z0-9]+", "-", written.lower()).strip("-")
    problem = {
        "wanted": "small letters and digits, joined by hyphens",
        "suggestion": fixed and f"write {fixed}",
    }
    raise PydanticCustomError("slug", "this is no short name for links and labels", problem)


Slug = Annotated[
    str,
    StringConstraints(max_length=64),
    AfterValidator(_slug),
    Field(json_schema_extra={"pattern": f"^{_SLUG.pattern}$"}),
]
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class Condition(Part):
    """What must hold: every key of it. `all`, `any` and `none` hold conditions again."""

    countries: CountriesClause | None = None
    theme: ThemeClause | None = None
    text: TextClause | None = None
    source: Words | None = None
    publisher: Words | None = None
    publisher_country: Annotated[tuple[CountryCode, ...], Field(min_length=1), ONE_OR_MORE] | None = None
    language: Annotated[tuple[LanguageTag, ...], Field(min_length=1), ONE_OR_MORE] | None = None
    section: Words | None = None
    all: "Conditions | None" = None
    any: "Conditions | None" = None
    none: "Conditions | None" = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            wanted = {"wanted": ", ".join((*CONDITIONS, *GROUPS))}
            raise PydanticCustomError("empty", "a condition says nothing", wanted)
        return self


Conditions = Annotated[tuple[Condition, ...], Field(min_length=1), Short(keys_as_list)]


class ArticlePart(Part):
    """An article of a test, with what the rule's filters look at."""

    title: str = ""
    text: str = ""
    url: str | None = None
    language: LanguageTag | None = None
    source: str | None = None
    publisher: str | None = None
    publisher_country: CountryCode | None = None
    section: str | None = None

    @model_validator(mode="after")
    def _has_words(self) -> Self:
        if not (self.title.strip() or self.text.strip()):
            raise PydanticCustomError("empty", "the article has no words", {"wanted": "a title or a text"})
        return self


def _as_article(value: Any) -> Any:
    """Take the first line of plain words as the title and the rest as the text."""
    if not isinstance(value, WORD):
        return value
    if not isinstance(value, str):
        return {"title": value}
    title, _, text = value.strip().partition("\n")
    return {"title": title.strip(), "text": text.strip()}


class RuleTestPart(Part):
    """An article and whether the rule must match it; of words alone the first line is the title."""

    article: Annotated[ArticlePart, Short(_as_article, TEXT)]
    expect: Literal["match", "no_match"]
    name: str = ""


class RulePart(Part):
    """One rule. Only `id` and `when` are needed; the title is the id where there is none."""

    id: Slug
    title: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    description: Annotated[str, StringConstraints(max_length=5000)] = ""
    severity: Severity = "medium"
    status: Status = "live"
    tags: tuple[Slug, ...] = ()
    owner: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    when: Condition
    tests: tuple[RuleTestPart, ...] = ()

    @model_validator(mode="after")
    def _can_be_found(self) -> Self:
        if not is_anchored(self.when):
            wanted = "a country, theme, text or filter beside none"
            message = "with none alone the rule would match nearly everything"
            raise PydanticCustomError("negative", message, {"at": ("when",), "wanted": wanted})
        loose = next(_loose_texts(self.when, ("when",), is_tied=False), None)
        if loose:
            wanted = "a countries clause beside it"
            message = "of: countries, but there are none beside it"
            raise PydanticCustomError("of", message, {"at": loose, "wanted": wanted})
        return self


class WatchlistPart(Part):
    """A file of config/watchlists; `watchlist` is the name of the file where it is not given."""

    watchlist: Slug | None = None
    owner: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    description: str = ""
    rules: Annotated[tuple[RulePart, ...], Field(min_length=1)]


WATCHLIST = TypeAdapter(WatchlistPart)


def is_anchored(condition: Condition) -> bool:
    """Whether something must be there for the condition to hold, so that it can be looked for."""
    return (
        any(getattr(condition, name) is not None for name in CONDITIONS)
        or any(is_anchored(part) for part in condition.all or ())
        or (condition.any is not None and all(is_anchored(part) for part in condition.any))
    )


def _loose_texts(condition: Condition, path: Path, *, is_tied: bool) -> Iterator[Path]:
    """Find texts tied to the countries where no countries stand with them or around them."""
    is_tied = is_tied or condition.countries is not None
    if condition.text and condition.text.of and not is_tied:
        yield (*path, "text", "of")
    for group in GROUPS:
        for place, part in enumerate(getattr(condition, group) or ()):
            yield from _loose_texts(part, (*path, group, place), is_tied=is_tied)
