"""ConfigProblem: what is wrong in a file a person wrote, where, and what to write instead."""

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal, TypedDict

from stream.errors import StreamError

Severity = Literal["error", "warning"]
_MOST_SHOWN = 110


class Say(TypedDict, total=False):
    """What can be said of a problem besides its place and message."""

    key: str
    found: str | None
    wanted: str | None
    suggestion: str | None
    severity: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigProblem:
    """One thing wrong with a file; `line` and `column` count from 1, in characters.

    `key` is the place as a path ("rules[0].when.theme"), `source` the line itself as far as it may be shown,
    `width` how many characters the caret underlines. A `warning` does not keep the file from being used.
    """

    file: str
    line: int
    column: int
    message: str
    key: str = ""
    found: str | None = None
    wanted: str | None = None
    suggestion: str | None = None
    source: str = ""
    width: int = 1
    severity: Severity = "error"

    @property
    def is_error(self) -> bool:
        """Whether the file cannot be used as it is."""
        return self.severity == "error"

    def render(self) -> str:
        """Give it as text for a terminal: place and message, the line with a caret, what to do."""
        mark = "" if self.is_error else "warning: "
        lines = [f"{self.file}:{self.line}:{self.column}: {mark}{self.message}"]
        if self.source:
            lines += _pointed(self.source, self.line, self.column, self.width)
        lines += [
            f"  {name}: {value}"
            for name, value in (("in", self.key), ("found", self.found), ("wanted", self.wanted))
            if value
        ]
        return "\n".join([*lines, f"  {self.suggestion}"] if self.suggestion else lines)

    def as_json(self) -> dict[str, object]:
        """Give it as plain values for machines: every field, None where it has nothing to say."""
        return asdict(self)


class ConfigError(StreamError):
    """Files that cannot be used; `problems` holds every one found, at least one of them an error."""

    def __init__(self, problems: Sequence[ConfigProblem]) -> None:
        super().__init__("\n\n".join(problem.render() for problem in problems))
        self.problems = tuple(problems)


def did_you_mean(found: str, known: Iterable[str]) -> str | None:
    """Suggest the known word nearest to what was written, whatever its case; None when none is near."""
    by_fold = {word.casefold(): word for word in sorted(known)}
    near = difflib.get_close_matches(found[:100].casefold(), by_fold, n=1, cutoff=0.6)
    return f'did you mean "{by_fold[near[0]]}"?' if near else None


def _pointed(source: str, line: int, column: int, width: int) -> list[str]:
    """Cut the line around the column and put carets under it, as wide as a terminal shows it."""
    start = max(0, column - 1 - _MOST_SHOWN // 2) if len(source) > _MOST_SHOWN else 0
    shown = "".join(c if c.isprintable() or c == "\t" else "�" for c in source[start : start + _MOST_SHOWN])
    before = "".join(_blank(c) for c in shown[: column - 1 - start])
    under = sum(len(_blank(c)) for c in shown[column - 1 - start :][: max(1, width)]) or 1
    gutter = " " * len(str(line))
    return [f"  {line} | {shown}", f"  {gutter} | {before}{'^' * under}"]


def _blank(char: str) -> str:
    """Give the white space that is as wide as a character."""
    if char == "\t":
        return "\t"
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return ""
    return "  " if unicodedata.east_asian_width(char) in "WF" else " "
