"""Read a YAML file to a Document, or say everything that keeps it from being one.

Only plain data is taken: no anchors and aliases (a kilobyte of them can unfold to gigabytes), no tags, no
directives, one document. The parser's events are walked with a stack of our own, so depth costs nothing.

Two parsers of one package give the same events. libyaml, thirty times as fast, reads what is right; the one
in Python, which says better what is wrong, reads the rest. libyaml ends lines as YAML 1.1 does and takes tabs
and byte order marks its own way, so a text with one of these is not given to it.
"""

import re
from contextlib import suppress
from pathlib import Path as FilePath
from typing import NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import DocumentStartEvent

from stream.config.build import Builder, StopReadingError
from stream.config.node import Document, Source
from stream.config.problem import ConfigProblem

MOST_BYTES = 1_000_000
_CONTROL = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CONTENT = re.compile(r"^[^#\s]", re.MULTILINE)
_UNLIKE = re.compile("[\t\r\x85\u2028\u2029\ufeff]")
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_HINTS = {
    "mapping values are not allowed": 'a text that contains ": " needs quotes',
    "could not find expected ':'": "a key is followed by a colon and a space",
    "cannot start any token": "a text that begins with this character needs quotes",
    "expected ',' or ']'": "a list that begins with [ is closed with ], with commas between",
    "expected ',' or '}'": "a mapping that begins with { is closed with }, with commas between",
    "unknown escape character": "in double quotes a backslash is written \\\\; or use single quotes",
    "expected <block end>": "lines of one list or mapping begin in the same column",
}


class Read(NamedTuple):
    """What reading gave: a document, where the file is readable at all, and the problems on the way."""

    document: Document | None
    problems: tuple[ConfigProblem, ...]


def read(path: FilePath, name: str | None = None) -> Read:
    """Read a file of at most 1 MB; `name` is how messages call it (by default its path as given)."""
    file = name or str(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        problem = Source(file, "").problem(0, f"the file cannot be read: {error.strerror}")
        return Read(None, (problem,))
    return parse(data, file)


def parse(data: bytes, file: str) -> Read:
    """Read the bytes of a file; never raises, whatever they are."""
    text = _decode(data, file)
    if isinstance(text, ConfigProblem):
        return Read(None, (text,))
    source = Source(file, text)
    problem = _unusable(source)
    if problem:
        return Read(None, (problem,))
    builder, failure = _build(source)
    problems = (*builder.problems, *([failure] if failure else []))
    if failure or builder.root is None:
        return Read(None, problems or (source.problem(0, "the file is empty"),))
    return Read(Document(source, builder.root), problems)


def _decode(data: bytes, file: str) -> str | ConfigProblem:
    nothing = Source(file, "")
    if len(data) > MOST_BYTES:
        return nothing.problem(0, "the file is larger than 1 MB", suggestion="split it into several files")
    if data.startswith(_BYTE_ORDER_MARKS):
        return nothing.problem(
            0, "the file begins with a byte order mark", wanted="UTF-8 without byte order mark"
        )
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = Source(file, data[: error.start].decode())
        return before.problem(
            len(before.text),
            f"the byte 0x{data[error.start]:02x} is not UTF-8",
            wanted="a file saved as UTF-8",
        )


def _unusable(source: Source) -> ConfigProblem | None:
    control = _CONTROL.search(source.text)
    if control:
        code = f"U+{ord(control[0]):04X}"
        return source.problem(control.start(), f"the control character {code} cannot stand in a file")
    content = _CONTENT.search(source.text)
    if content and content[0] == "%":
        return source.problem(content.start(), "directives (%) are not used here")
    return None


def _build(source: Source) -> tuple[Builder, ConfigProblem | None]:
    """Build what the file holds; the problem is where reading had to end."""
    if not _UNLIKE.search(source.text):
        builder = Builder(source)
        with suppress(YAMLError, ValueError, OverflowError):  # the parser below says what is wrong
            return builder, _feed(builder, is_fast=True)
    builder = Builder(source)
    try:
        return builder, _feed(builder, is_fast=False)
    except MarkedYAMLError as error:
        return builder, _syntax(source, error)
    except (YAMLError, ValueError, OverflowError) as error:
        return builder, source.problem(0, f"the file is not readable as YAML: {error}")


def _feed(builder: Builder, *, is_fast: bool) -> ConfigProblem | None:
    """Give all events of one parser to the builder."""
    documents = 0
    try:
        for event in YAML(typ="safe", pure=not is_fast).parse(builder.source.text):
            documents += isinstance(event, DocumentStartEvent)
            if documents > 1:
                start = event.start_mark.index
                return builder.source.problem(start, "a second document (---) begins here", wanted="one")
            builder.feed(event)
    except StopReadingError:
        return builder.problems.pop() if builder.problems else None
    return None


def _syntax(source: Source, error: MarkedYAMLError) -> ConfigProblem:
    is_unclosed = "end of stream" in str(error.problem) or "<stream end>" in str(error.problem)
    mark = (is_unclosed and error.context_mark) or error.problem_mark or error.context_mark
    start = mark.index if mark else 0
    if is_unclosed:
        what = "what begins here" if start < len(source.text.rstrip()) else "what was opened"
        return source.problem(start, f"{what} is not closed before the file ends")
    if source.text[start : start + 1] == "\t":
        return source.problem(start, "a tab stands where YAML wants spaces", wanted="spaces")
    said = " ".join(str(part) for part in (error.context, error.problem) if part)
    hint = next((hint for words, hint in _HINTS.items() if words in said), None)
    return source.problem(start, f"not readable as YAML: {error.problem or error.context}", suggestion=hint)
