"""Names that operators add: `config/gazetteer/*.yaml`, read at start and laid over the names we ship.

A name of theirs wins over one of ours; kind `none` says that a phrase names no country.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    model_validator,
)
from pydantic_core import PydanticCustomError

from ingest.annotate.gazetteer import Kind, Meaning, Years
from ingest.annotate.languages import shipped_codes
from stream.config.check import check
from stream.config.problem import ConfigProblem
from stream.config.read import read
from stream.geo import countries
from stream.text.fold import is_foldable

MOST_NAMES = 5_000  # of one file; a thousand add about 30 ms to the loading of a language
_MOST_CAPITALS = 6  # letters of what is written in capitals to be read as an abbreviation

KINDS: Mapping[str, Kind] = {
    "country": "N",
    "adjective": "A",
    "people": "P",
    "capital": "C",
    "organisation": "O",
    "leader": "L",
    "place": "G",
    "none": "X",
}


@dataclass(frozen=True, slots=True)
class LoadedNames:
    """The names of a folder by language, and what is wrong with it; with an error, use none of it."""

    names: Mapping[str, tuple[Meaning, ...]] = field(default_factory=dict)
    problems: tuple[ConfigProblem, ...] = ()

    @property
    def count(self) -> int:
        """How many there are, a name in two languages counted twice."""
        return sum(map(len, self.names.values()))


def _name(text: str) -> str:
    if not is_foldable(text):
        raise PydanticCustomError("name", "a name needs a letter or digit", {"wanted": "words"})
    return text


def _country(code: str) -> str:
    if not countries.is_country(code):
        raise PydanticCustomError(
            "country", "no country has this code", {"wanted": "ISO 3166-1 alpha-2, or XK"}
        )
    return code


def _language(code: str) -> str:
    if code not in shipped_codes():
        known = " ".join(sorted(shipped_codes()))
        raise PydanticCustomError("language", "no names are shipped for this language", {"wanted": known})
    return code


_Name = Annotated[str, StringConstraints(min_length=2, max_length=100), AfterValidator(_name)]
_Country = Annotated[str, AfterValidator(_country)]
_Language = Annotated[str, AfterValidator(_language)]
_Year = Annotated[int, Field(ge=1900, le=2200)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: _Name
    kind: Literal["country", "adjective", "people", "capital", "organisation", "leader", "place", "none"]
    country: _Country | None = None
    languages: tuple[_Language, ...] = Field(default=("en",), min_length=1)
    since: _Year | None = None
    until: _Year | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.country is None) != (self.kind == "none"):
            message = "kind none has no country, every other kind has one"
            raise PydanticCustomError("country", message, {"wanted": "a country, or kind: none"})
        if (self.since or self.until) and self.kind != "leader":
            message = "only a leader has years"
            raise PydanticCustomError("years", message, {"wanted": "kind: leader"})
        return self

    def freeze(self) -> Meaning:
        years = Years(((self.since or 0, self.until or 9999),)) if self.since or self.until else None
        codes = (self.country,) if self.country else ()
        return Meaning(self.name, KINDS[self.kind], codes, _shape(self.name, self.kind), years)


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    names: tuple[_Entry, ...] = Field(max_length=MOST_NAMES)


_FILE = TypeAdapter(_File)


def load_names(folder: Path) -> LoadedNames:
    """Read every .yaml of a folder; one that is not there has no names."""
    found: dict[str, list[Meaning]] = {}
    problems: list[ConfigProblem] = []
    for path in sorted(folder.glob("*.yaml")):
        document, unreadable = read(path)
        problems += unreadable
        if document is None:
            continue
        checked = check(document, _FILE)
        problems += checked.problems
        for entry in checked.value.names if checked.value else ():
            for language in dict.fromkeys(entry.languages):
                found.setdefault(language, []).append(entry.freeze())
    return LoadedNames({language: tuple(names) for language, names in found.items()}, tuple(problems))


def _shape(name: str, kind: str) -> str:
    """How it must be written: an abbreviation in capitals, a name with one; adjectives as they come."""
    if name.isupper() and len(name) <= _MOST_CAPITALS and name.isalnum():
        return "u"
    return "t" if name[0].isupper() and kind != "adjective" else ""
