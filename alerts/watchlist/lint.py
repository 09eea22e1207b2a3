"""What is allowed in a watchlist but probably not meant: warnings, never errors."""

import unicodedata
from collections.abc import Iterator

from alerts.watchlist.model import GROUPS, Condition, RulePart, WatchlistPart
from alerts.watchlist.parts import TextPart
from stream.config.node import Document, Path
from stream.config.problem import ConfigProblem

_SHORTEST = 3
_SHORTEST_IDEOGRAPHS = 2


def lint(document: Document, watchlist: WatchlistPart) -> Iterator[ConfigProblem]:
    """Warn of rules without tests, alternatives of one, and texts that are too short to mean anything."""
    for place, rule in enumerate(watchlist.rules):
        path: Path = ("rules", place)
        for below, message, wanted in _of_rule(rule):
            yield document.problem((*path, *below), message, wanted=wanted, severity="warning")


_Found = tuple[Path, str, str]


def _of_rule(rule: RulePart) -> Iterator[_Found]:
    if not rule.tests and rule.status in {"live", "test"}:
        yield ("id",), "the rule has no tests", "an article that matches and one that does not"
    yield from _of_condition(rule.when, ("when",))


def _of_condition(condition: Condition, path: Path) -> Iterator[_Found]:
    if condition.any is not None and len(condition.any) == 1:
        yield (*path, "any"), "any with one part is that part", "the part alone, or more parts"
    if condition.text:
        yield from _of_text(condition.text, (*path, "text"))
    for group in GROUPS:
        for place, part in enumerate(getattr(condition, group) or ()):
            yield from _of_condition(part, (*path, group, place))


def _of_text(text: TextPart, path: Path) -> Iterator[_Found]:
    for place, term in enumerate(text.terms):
        if term.phrase is not None and _is_broad(term.phrase):
            below = ("phrase",) if text.any is None else ("any", place, "phrase")
            yield (*path, *below), f'"{term.phrase}" is so short that it stands everywhere', "3 characters"


def _is_broad(phrase: str) -> bool:
    letters = [char for char in phrase if char.isalnum()]
    is_ideographic = any(unicodedata.east_asian_width(char) in "WF" for char in letters)
    return len(letters) < (_SHORTEST_IDEOGRAPHS if is_ideographic else _SHORTEST)
