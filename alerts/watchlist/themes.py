"""Themes and labels as written in config/themes/: the words that tell what a sentence is about, by language.

Phrases are kept as written; a word may end in `*` (any ending). Folding and compiling them is the matcher's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter
from pydantic_core import PydanticCustomError

from alerts.watchlist.clauses import Label
from alerts.watchlist.languages import check_language
from stream.config.check import check
from stream.config.node import Document
from stream.config.problem import ConfigProblem
from stream.config.read import read
from stream.text.fold import is_foldable

LABELS_FILE = "labels.yaml"


@dataclass(frozen=True, slots=True)
class NearWords:
    """One phrase out of each alternative of `all`, within a window of `words` words, in any order."""

    all: tuple[tuple[str, ...], ...]
    words: int


@dataclass(frozen=True, slots=True)
class ThemeWords:
    """A theme in one language: a trigger or a near holds, and no exclusion covers it."""

    triggers: tuple[str, ...] = ()
    near: tuple[NearWords, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ThemeTest:
    """A sentence and whether the theme should be found in it."""

    theme: str
    article: str
    language: str
    expect: Literal["match", "no_match"]
    location: str = ""  # file:line, for messages


@dataclass(frozen=True, slots=True)
class ThemeDefinition:
    """A theme with its words by BCP 47 language; labels in `ignores` say nothing about it.

    A threat speaks of what may happen, so that none is less of one for being hypothetical.
    """

    name: str
    languages: Mapping[str, ThemeWords]
    description: str = ""
    tests: tuple[ThemeTest, ...] = ()
    ignores: frozenset[Label] = frozenset()


@dataclass(frozen=True, slots=True)
class LabelWords:
    """The phrases that mark a sentence as denied, hypothetical and so on: language, label, phrases."""

    languages: Mapping[str, Mapping[Label, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class LoadedThemes:
    """All themes of a folder by name, its labels, and the problems; with an error, use none of it."""

    themes: Mapping[str, ThemeDefinition]
    labels: LabelWords
    problems: tuple[ConfigProblem, ...] = ()


def _phrase(text: str) -> str:
    if not is_foldable(text):
        raise PydanticCustomError("phrase", "a phrase needs a letter or digit", {"wanted": "words"})
    if "*" in text and any("*" in word[:-1] or word == "*" for word in text.split()):
        raise PydanticCustomError("phrase", "* stands only at the end of a word", {"wanted": "cooperat*"})
    return text


Phrase = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_phrase)]
Phrases = tuple[Phrase, ...]
Language = Annotated[
    str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$"), AfterValidator(check_language)
]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Near(_Model):
    all: tuple[Annotated[Phrases, Field(min_length=1)], ...] = Field(min_length=2)
    words: int = Field(ge=2, le=100)


class _Words(_Model):
    triggers: Phrases = ()
    near: tuple[_Near, ...] = ()
    exclude: Phrases = ()

    def freeze(self) -> ThemeWords:
        near = tuple(NearWords(one.all, one.words) for one in self.near)
        return ThemeWords(self.triggers, near, self.exclude)


class _Test(_Model):
    article: str = Field(min_length=1, max_length=10_000)
    expect: Literal["match", "no_match"]
    language: Language


class _Theme(_Model):
    theme: Name
    description: str = ""
    ignores: frozenset[Label] = frozenset()
    languages: dict[Language, _Words] = Field(min_length=1)
    tests: tuple[_Test, ...] = ()

    def freeze(self, document: Document) -> ThemeDefinition:
        words = {language: one.freeze() for language, one in self.languages.items()}
        tests = tuple(
            ThemeTest(self.theme, one.article, one.language, one.expect, document.location(("tests", number)))
            for number, one in enumerate(self.tests)
        )
        return ThemeDefinition(self.theme, words, self.description, tests, self.ignores)


class _Labels(_Model):
    labels: dict[Language, dict[Label, Phrases]]


_THEME = TypeAdapter(_Theme)
_LABELS = TypeAdapter(_Labels)


def load_themes(folder: Path) -> LoadedThemes:
    """Read every .yaml of a folder; labels.yaml holds the labels, each other file one theme."""
    themes: dict[str, ThemeDefinition] = {}
    labels = LabelWords({})
    problems: list[ConfigProblem] = []
    for path in sorted(folder.glob("*.yaml")):
        document, found = read(path)
        problems += found
        if document is None:
            continue
        if path.name == LABELS_FILE:
            words = check(document, _LABELS)
            problems += words.problems
            labels = LabelWords(words.value.labels) if words.value else labels
            continue
        theme = check(document, _THEME)
        problems += theme.problems
        if theme.value and theme.value.theme in themes:
            message = f'the theme "{theme.value.theme}" is defined in another file too'
            problems.append(document.problem(("theme",), message, wanted="one file a theme"))
        elif theme.value:
            themes[theme.value.theme] = theme.value.freeze(document)
    return LoadedThemes(themes, labels, tuple(problems))
