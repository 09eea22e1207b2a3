"""Gathering items from the files of a folder, up to as many as one hand-over may hold."""

import codecs
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Setting

from ingest.article import event_item, parse_article
from ingest.files.folder import Entry, UnsafePathError, open_regular
from ingest.files.lines import Line, Place, read_lines
from ingest.item import RawItem, Rejected, RejectReason
from ingest.sources import SourceConfig, with_defaults
from stream.event import ArticleEvent

PAGE_SUFFIXES = frozenset({".txt", ".html", ".htm"})
LINES_SUFFIXES = frozenset({".jsonl", ".ndjson"})
_MOST_BYTES = 1 << 40


class FileLimits(BaseModel):
    """How large a file or a line may be, and how much is handed over at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    page_bytes: int = Setting(default=10_000_000, ge=1_000, le=_MOST_BYTES)
    line_bytes: int = Setting(default=10_000_000, ge=1_000, le=_MOST_BYTES)
    lines_file_bytes: int = Setting(default=1_000_000_000, ge=1_000, le=_MOST_BYTES)
    batch_items: int = Setting(default=500, ge=1, le=5_000)
    batch_bytes: int = Setting(default=16_000_000, ge=1_000, le=_MOST_BYTES)


class Gathering:
    """Items and rejected items of one hand-over, growing file by file.

    What cannot be used becomes a Rejected and the rest goes on: `unsafe_path`, `too_large`, `undecodable`,
    `invalid`, with `file:line: reason` as its detail.
    """

    def __init__(self, config: SourceConfig, limits: FileLimits, root: Path, now: datetime) -> None:
        self._config = config
        self._limits = limits
        self._root = root
        self._now = now
        self._size_bytes = 0
        self.items: list[RawItem] = []
        self.rejected: list[Rejected] = []

    @property
    def is_full(self) -> bool:
        """Whether another file must wait for the next hand-over."""
        is_many = len(self.items) + len(self.rejected) >= self._limits.batch_items
        return is_many or self._size_bytes >= self._limits.batch_bytes

    def take(self, entry: Entry, start: Place) -> Place | None:
        """Read a file, from `start` if it is one of lines; the answer is where to go on, None at its end."""
        problem = self._problem(entry)
        if problem is not None:
            self._reject(*problem, entry.name)
            return None
        try:
            if holds_lines(entry):
                return self._take_lines(entry, start)
            self._take_page(entry)
        except UnsafePathError as error:
            self._reject("unsafe_path", str(error), entry.name)
        except FileNotFoundError:
            pass  # taken away since it was listed: nothing to read, nothing to report
        except OSError as error:
            self._reject("invalid", f"cannot be read: {error.strerror}", entry.name)
        return None

    def _problem(self, entry: Entry) -> tuple[RejectReason, str] | None:
        if entry.problem:
            return "unsafe_path", entry.problem
        limit = self._limits.lines_file_bytes if holds_lines(entry) else self._limits.page_bytes
        return ("too_large", f"{entry.size} bytes, at most {limit}") if entry.size > limit else None

    def _take_page(self, entry: Entry) -> None:
        with open_regular(self._root, entry.path) as file:
            data = file.read(self._limits.page_bytes)
        self._size_bytes += len(data)
        item = RawItem(source=self._config.id, found_at=self._now, locator=entry.name)
        if entry.path.suffix.lower() != ".txt":
            self.items.append(with_defaults(replace(item, html=data), self._config))
            return
        text = decode_text(data)
        if text is None:
            self._reject("undecodable", "not a text in a known encoding", entry.name)
        else:
            self.items.append(with_defaults(replace(item, page_text=text), self._config))

    def _take_lines(self, entry: Entry, start: Place) -> Place | None:
        with open_regular(self._root, entry.path) as file:
            for line in read_lines(file, start, self._limits.line_bytes):
                self._take_line(line, f"{entry.name}:{line.end.lines}")
                if self.is_full:
                    return line.end
        return None

    def _take_line(self, line: Line, locator: str) -> None:
        if line.data is None:
            self._reject("too_large", f"a line over {self._limits.line_bytes} bytes", locator)
            return
        data = line.data.removeprefix(codecs.BOM_UTF8) if line.end.lines == 1 else line.data
        if not data.strip():
            return
        self._size_bytes += len(data)
        parsed = parse_article(data, source=self._config.id, found_at=self._now, locator=locator)
        if isinstance(parsed, Rejected):
            self._reject(parsed.reason, parsed.detail, locator)
        elif isinstance(parsed, ArticleEvent):
            self.items.append(event_item(parsed, found_at=self._now, locator=locator))
        else:
            self.items.append(with_defaults(parsed, self._config))

    def _reject(self, reason: RejectReason, detail: str, locator: str) -> None:
        self.rejected.append(Rejected(reason, f"{locator}: {detail}", self._config.id, locator))


def holds_lines(entry: Entry) -> bool:
    """Whether a file holds one article a line, rather than one page."""
    return entry.path.suffix.lower() in LINES_SUFFIXES


def decode_text(data: bytes) -> str | None:
    """Decode a text file: by its byte order mark, as UTF-8, or as windows-1252; None: not text at all."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded(data, "utf-16")
    if b"\0" in data:
        return None
    text = _decoded(data, "utf-8-sig")
    return _decoded(data, "cp1252") if text is None else text


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
