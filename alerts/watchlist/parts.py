"""The clauses of a rule as written in YAML: countries, theme, text, filters. Shape and names, no meaning."""

from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from alerts.watchlist.clauses import Label, TextField
from alerts.watchlist.patterns import PatternError, check_pattern
from alerts.watchlist.shorthand import ONE_OR_MORE, TEXT, TEXTS, WORD, Short
from alerts.watchlist.vocabulary import Vocabulary
from stream.text.fold import is_foldable


class Part(BaseModel):
    """What all models of a watchlist share. Validation needs a Vocabulary as its context."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def exactly_one(part: BaseModel, *names: str) -> None:
    """Refuse a mapping with none or several of keys that exclude each other."""
    given = [name for name in names if name in part.model_fields_set]
    if len(given) == 1:
        return
    what = f"{' and '.join(given)} exclude each other" if given else "nothing says what to look for"
    at = (given[1],) if given else ()
    wanted = f"one of {', '.join(names)}"
    raise PydanticCustomError("one_of", "{what}", {"what": what, "wanted": wanted, "at": at})


def _country(written: str, info: ValidationInfo) -> str:
    return _vocabulary(info).check_country(written)


def _theme(written: str, info: ValidationInfo) -> str:
    return _vocabulary(info).check_theme(written)


def _vocabulary(info: ValidationInfo) -> Vocabulary:
    if not isinstance(info.context, Vocabulary):
        raise TypeError("a watchlist is validated with a Vocabulary as context")
    return info.context


def _phrase(written: str) -> str:
    if not is_foldable(written):
        raise PydanticCustomError("phrase", "a phrase needs a letter or digit", {"wanted": "words"})
    return written


def _pattern(written: str) -> str:
    try:
        check_pattern(written)
    except PatternError as error:
        problem = {"what": str(error), "suggestion": error.advice or None}
        raise PydanticCustomError("pattern", "{what}", problem) from error
    return written


def _distinct(written: tuple[str, ...]) -> tuple[str, ...]:
    for place, word in enumerate(written):
        if word in written[:place] and not word.startswith("group:"):
            raise PydanticCustomError("twice", "{what} stands here twice", {"what": word, "at": (place,)})
    return written


CountryRef = Annotated[str, AfterValidator(_country)]
Phrase = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(_phrase)]
Pattern = Annotated[str, StringConstraints(min_length=1), AfterValidator(_pattern)]


Places = Annotated[tuple[CountryRef, ...], Field(min_length=1, max_length=300), AfterValidator(_distinct)]
Sides = Annotated[tuple[CountryRef, ...], Field(min_length=2, max_length=2), AfterValidator(_distinct)]
Words = Annotated[tuple[str, ...], Field(min_length=1), ONE_OR_MORE]


class CountriesPart(Part):
    """`countries:` in its long form; a list is short for `all_of`."""

    all_of: Annotated[Places, Field(max_length=10)] | None = None
    any_of: Places | None = None
    pair: Sides | None = None
    between: Sides | None = None
    role: Literal["participant", "mentioned"] = Field(default="participant", alias="as")
    salience: Literal["any", "lead", "headline"] = "any"

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        exactly_one(self, "all_of", "any_of", "pair", "between")
        return self


class LabelsPart(Part):
    """Which labels keep a theme from counting. By default denied, suspended and hypothetical do.

    `exclude` names others instead; `include` lets some of the default ones in.
    """

    exclude: Annotated[tuple[Label, ...], ONE_OR_MORE] = ("denied", "suspended", "hypothetical")
    include: Annotated[tuple[Label, ...], ONE_OR_MORE] = ()

    @model_validator(mode="after")
    def _no_overlap(self) -> Self:
        both = [label for label in self.include if label in self.exclude]
        if both and "exclude" in self.model_fields_set:
            problem = {"what": both[0], "at": ("include",)}
            raise PydanticCustomError("both", "{what} is both included and excluded", problem)
        return self


class ThemePart(Part):
    """`theme:` in its long form; a name alone is short for `name`."""

    name: Annotated[str, AfterValidator(_theme)]
    labels: LabelsPart = LabelsPart()
    within: Literal["sentence", "article"] = "sentence"


class Term(Part):
    """One thing to look for in the text; words alone are short for `phrase`."""

    phrase: Phrase | None = None
    slop: int = Field(default=0, ge=0, le=20, strict=True)
    near: Annotated[tuple[Phrase, ...], Field(min_length=2, max_length=8)] | None = None
    words: int = Field(default=10, ge=2, le=100, strict=True)
    regex: Pattern | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        exactly_one(self, *self.forms())
        for key, owner in (("slop", "phrase"), ("words", "near")):
            if key in self.model_fields_set and owner not in self.model_fields_set:
                problem = {"what": key, "owner": owner, "at": (key,)}
                raise PydanticCustomError("alone", "{what} goes with {owner} only", problem)
        return self

    @classmethod
    def forms(cls) -> tuple[str, ...]:
        """The keys of which exactly one is there."""
        return "phrase", "near", "regex"


def _as_term(value: Any) -> Any:
    return {"phrase": value} if isinstance(value, WORD) else value


class TextPart(Term):
    """`text:` in its long form; words alone are short for `phrase`, a list for `any`."""

    any: Annotated[tuple[Annotated[Term, Short(_as_term, TEXT)], ...], Field(min_length=1)] | None = None
    fields: Annotated[tuple[TextField, ...], Field(min_length=1), ONE_OR_MORE] = ("title", "lead", "text")
    within: Literal["sentence", "paragraph", "article"] | None = None
    of: Literal["countries"] | None = None

    @classmethod
    def forms(cls) -> tuple[str, ...]:
        """The keys of which exactly one is there."""
        return "any", "phrase", "near", "regex"

    @model_validator(mode="after")
    def _of_what(self) -> Self:
        if self.of and self.within == "article":
            problem = {"wanted": "sentence or paragraph", "at": ("within",)}
            raise PydanticCustomError("of", "of: countries needs a sentence or paragraph", problem)
        return self

    @property
    def terms(self) -> tuple[Term, ...]:
        """The alternatives, of which one must be found."""
        return self.any or (self,)


def as_countries(value: Any) -> Any:
    """`countries: [IR, TR]` is `countries: {all_of: [IR, TR]}`, and `countries: IR` is `countries: [IR]`."""
    listed = [value] if isinstance(value, WORD) else value
    return {"all_of": listed} if isinstance(listed, list) else value


def as_theme(value: Any) -> Any:
    """`theme: sanctions` is `theme: {name: sanctions}`."""
    if isinstance(value, list):
        advice = {"wanted": "one theme", "suggestion": "any: [{theme: one}, {theme: other}]"}
        raise PydanticCustomError("theme_list", "a theme clause names one theme", advice)
    return {"name": value} if isinstance(value, WORD) else value


def as_text(value: Any) -> Any:
    """`text: words` is `text: {phrase: words}`, `text: [a, b]` is `text: {any: [a, b]}`."""
    return {"any": value} if isinstance(value, list) else _as_term(value)


CountriesClause = Annotated[CountriesPart, Short(as_countries, {"anyOf": [TEXT, TEXTS]})]
ThemeClause = Annotated[ThemePart, Short(as_theme, TEXT)]
TextClause = Annotated[TextPart, Short(as_text, {"anyOf": [TEXT, TEXTS]})]
