"""The fenced blocks of the documents, and the commands in them: what is shown there must be true."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
GUIDE = ROOT / "docs" / "guide.md"
OPERATIONS = ROOT / "docs" / "operations.md"
KAFKA = ROOT / "docs" / "kafka.md"

_FENCE = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`(wirewatch [^`]+)`")
_ASSIGNMENT = re.compile(r"[A-Z][A-Z0-9_]*=.*")
_BETWEEN = frozenset({"|", "||", "&&", ";", "&"})


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block; `kind` is what stands behind its fence, `line` that of its first line."""

    kind: str
    text: str
    path: Path
    line: int

    @property
    def where(self) -> str:
        return f"{self.path.name}:{self.line}"


def blocks(path: Path, kind: str | None = None) -> list[Block]:
    """The blocks of a document, all or those of one kind, in order."""
    document = path.read_text(encoding="utf-8")
    found = [
        Block(match[1].strip(), match[2], path, document.count("\n", 0, match.start()) + 2)
        for match in _FENCE.finditer(document)
    ]
    return [block for block in found if kind is None or block.kind == kind]


def calls(block: Block) -> list[list[str]]:
    """The arguments of every `wirewatch` in a block of shell."""
    return list(_calls(block.text.replace("\\\n", " ")))


def mentions(path: Path) -> list[list[str]]:
    """The arguments of every `wirewatch …` in running text."""
    prose = _FENCE.sub("", path.read_text(encoding="utf-8"))
    return [arguments for found in _SPAN.findall(prose) for arguments in _calls(found)]


def table(path: Path, heading: str) -> list[list[str]]:
    """The rows of the first table whose first column is called so, as cells without back-ticks."""
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    rows = takewhile(lambda line: line.startswith("|"), lines[start + 2 :])
    return [[cell.strip().replace("`", "") for cell in row.strip()[1:-1].split("|")] for row in rows]


def _calls(shell: str) -> Iterator[list[str]]:
    for line in shell.splitlines():
        for command in _simple_commands(line):
            words = [word for word in command if not _ASSIGNMENT.fullmatch(word)]
            if words and Path(words[0]).name == "wirewatch":
                yield words[1:]


def _simple_commands(line: str) -> Iterator[list[str]]:
    """Split a line at pipes and the like; a redirection and its file are left out."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    command: list[str] = []
    words = iter(lexer)
    for word in words:
        if word in _BETWEEN:
            yield command
            command = []
        elif set(word) <= {"<", ">"}:
            next(words, None)
        else:
            command.append(word)
    yield command
