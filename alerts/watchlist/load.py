"""Load watchlists: files to rules, their tests, and everything that is wrong with them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import Literal

from alerts.watchlist.clauses import Rule
from alerts.watchlist.compose import Composer, compose_rule
from alerts.watchlist.lint import lint
from alerts.watchlist.model import LATER, WATCHLIST, WatchlistPart
from alerts.watchlist.reach import unreachable
from alerts.watchlist.trial import PatternTrial
from alerts.watchlist.vocabulary import Vocabulary
from alerts.watchlist.written import regexes_in
from stream.config.check import check
from stream.config.node import Document, Path, Scalar, Sequence
from stream.config.problem import ConfigProblem
from stream.config.read import read

_COMPILED = frozenset({"live", "test"})


@dataclass(frozen=True, slots=True)
class RuleTest:
    """A test written in a rule: the fields of an article (at least `title` or `text`) and what to expect."""

    rule_id: str
    article: Mapping[str, str]
    expect: Literal["match", "no_match"]
    location: str  # file:line, for messages
    name: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the files hold. With an error among the problems, `rules` are only those of sound files.

    `rules` are the live and test ones, `resting` the drafts and retired; `tests` are of both.
    """

    rules: tuple[Rule, ...] = ()
    resting: tuple[Rule, ...] = ()
    tests: tuple[RuleTest, ...] = ()
    problems: tuple[ConfigProblem, ...] = ()

    @property
    def errors(self) -> tuple[ConfigProblem, ...]:
        """The problems for which the files must not be used."""
        return tuple(problem for problem in self.problems if problem.is_error)


@dataclass(frozen=True, slots=True)
class _File:
    """One file read: its document, and the model where it is sound."""

    path: FilePath
    document: Document
    watchlist: WatchlistPart | None


def load_watchlists(path: FilePath, vocabulary: Vocabulary, trial: PatternTrial | None = None) -> Loaded:
    """Read one file, or every .yaml and .yml of a folder, in order of their names.

    `trial` runs the regexes in a process of their own first; one that is kept spares those unchanged.
    """
    paths = watchlist_files(path)
    if not paths:
        nothing = ConfigProblem(file=str(path), line=1, column=1, message="no watchlist (*.yaml) lies here")
        return Loaded(problems=(nothing,))
    problems: list[ConfigProblem] = []
    files: list[_File] = []
    for one in paths:
        document, found = read(one)
        problems += found
        if document is None:
            continue
        checked = check(document, WATCHLIST, context=vocabulary, later=LATER)
        problems += checked.problems
        files.append(_File(one, document, None if found else checked.value))
    problems += _repeated_ids(files)
    refused = _refused(files, trial or PatternTrial())
    tried = [_tried(file, refused) for file in files]
    problems += [problem for _, found in tried for problem in found]
    return _gather([file for file, _ in tried], vocabulary, problems)


def _refused(files: list[_File], trial: PatternTrial) -> Mapping[str, str]:
    """The regexes that must not be run, of those that a service would run together and of all."""
    rules = [rule for file in files if file.watchlist for rule in file.watchlist.rules]
    compiled = [pattern for rule in rules if rule.status in _COMPILED for _, pattern in regexes_in(rule.when)]
    return trial.refusals([compiled, [pattern for rule in rules for _, pattern in regexes_in(rule.when)]])


def _tried(file: _File, refused: Mapping[str, str]) -> tuple[_File, list[ConfigProblem]]:
    """A file without its model when one of its regexes is refused, and where each of those is."""
    rules = file.watchlist.rules if file.watchlist and refused else ()
    problems = [
        file.document.problem(("rules", number, "when", *path), refused[pattern])
        for number, rule in enumerate(rules)
        for path, pattern in regexes_in(rule.when)
        if pattern in refused
    ]
    return (replace(file, watchlist=None) if problems else file), problems


def watchlist_files(path: FilePath) -> list[FilePath]:
    """List the files that make up the watchlists at a path: the file itself, or those of the folder."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.iterdir() if file.suffix in {".yaml", ".yml"})


def _gather(files: list[_File], vocabulary: Vocabulary, problems: list[ConfigProblem]) -> Loaded:
    rules: list[Rule] = []
    tests: list[RuleTest] = []
    for file in files:
        if file.watchlist is None:
            continue
        problems += lint(file.document, file.watchlist)
        problems += unreachable(file.document, file.watchlist, vocabulary.around)
        rules += _rules(file, file.watchlist, vocabulary)
        tests += _tests(file.document, file.watchlist)
    return Loaded(
        rules=tuple(rule for rule in rules if rule.status in _COMPILED),
        resting=tuple(rule for rule in rules if rule.status not in _COMPILED),
        tests=tuple(tests),
        problems=tuple(problems),
    )


def _rules(file: _File, watchlist: WatchlistPart, vocabulary: Vocabulary) -> Iterator[Rule]:
    for number, part in enumerate(watchlist.rules):
        base: Path = ("rules", number)
        shown = file.document.place(base)
        place = _Place(file.document, f"{shown}.")
        yield compose_rule(
            part,
            watchlist=watchlist.watchlist or file.path.stem,
            owner=watchlist.owner,
            location=file.document.location((*base, "id")),
            composer=Composer(vocabulary, place),
            path=(*base, "when"),
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """Writes paths below a rule, without the rule's own place."""

    document: Document
    prefix: str

    def __call__(self, path: Path) -> str:
        return self.document.place(path).removeprefix(self.prefix)


def _tests(document: Document, watchlist: WatchlistPart) -> Iterator[RuleTest]:
    for number, rule in enumerate(watchlist.rules):
        for place, test in enumerate(rule.tests):
            article = {key: str(value) for key, value in test.article.model_dump().items() if value}
            location = document.location(("rules", number, "tests", place))
            yield RuleTest(rule.id, article, test.expect, location, test.name)


def _repeated_ids(files: list[_File]) -> Iterator[ConfigProblem]:
    first: dict[str, str] = {}
    for file in files:
        for path, written in _ids(file.document):
            place = file.document.location(path)
            if written in first:
                message = f'the id "{written}" is taken by the rule at {first[written]}'
                yield file.document.problem(path, message, wanted="an id of its own")
            first.setdefault(written, place)


def _ids(document: Document) -> Iterator[tuple[Path, str]]:
    rules = document.at(("rules",))
    for number, _ in enumerate(rules.items if isinstance(rules, Sequence) else ()):
        path: Path = ("rules", number, "id")
        node = document.at(path)
        if isinstance(node, Scalar) and document.place(path).endswith(".id"):
            yield path, node.text
