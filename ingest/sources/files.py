"""Files: a folder that is watched; each file in it is picked up once.

By suffix: .txt is a whole page as scraped, .html and .htm a page, .jsonl and .ndjson one input article
(or finished ArticleEvent) a line. Other suffixes, hidden names and names in .tmp or .part are left alone.
To hand over a file safely, write it under such a name and rename it; a file changed within the last second
is left for the next look.

A file that has not changed is never read again; one that has is read again, and the identity of each
article (its URL, else title, start and publisher; never the file's name) decides what is a revision.

What is kept where: `FilesSeen` holds the stamp of every file that is done; the cursor only numbers the
batch and says how far a long .jsonl has been read, so it stays small however many files there are. A file
is marked done when the next poll shows, by its cursor, that the batch holding the last of it is stored.
A crash before that reads the file again, and intake recognises each item without working on it.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Literal, Protocol

from pydantic import Field as Setting
from pydantic import field_validator

from ingest.age import max_age_of
from ingest.files.folder import Entry, list_files
from ingest.files.gather import LINES_SUFFIXES, PAGE_SUFFIXES, FileLimits, Gathering, holds_lines
from ingest.files.lines import Place
from ingest.sources import Polled, PollFailed, PollOutcome, SourceConfig, Unchanged
from stream.untrusted.numbers import whole_number

SETTLE_S = 1.0
_PLACE = ("file", "stamp", "offset", "lines")  # of the cursor: the file that is not finished
_SCAN_SHARE = 20  # a folder so large that listing it takes long is listed no more than 1/20 of the time


class FilesSourceConfig(SourceConfig):
    """A folder to watch; a relative path counts from where the caller of the source says."""

    kind: Literal["files"] = "files"
    path: str = Setting(min_length=1, max_length=4_096)
    recursive: bool = False
    interval_s: float = Setting(default=2.0, ge=0.05, le=86_400.0)
    limits: FileLimits = FileLimits()

    @field_validator("path")
    @classmethod
    def _without_nul(cls, path: str) -> str:
        if "\0" in path:
            raise ValueError("a path holds no NUL")
        return path


class FilesSeen(Protocol):
    """Which files are done, by source: name to stamp. Every method may wait for the disk."""

    def stamps(self, source: str) -> dict[str, str]:
        """All files done."""
        ...

    def mark(self, source: str, stamps: Mapping[str, str]) -> None:
        """Note files as done, durably."""
        ...

    def forget(self, source: str, names: frozenset[str]) -> None:
        """Drop files that are no longer there."""
        ...


class FilesSource:
    """A watched folder, at `root`. Not for two polls at once."""

    kind = "files"
    host = None

    def __init__(self, config: FilesSourceConfig, root: Path, seen: FilesSeen) -> None:
        self.id = config.id
        self.interval_s = config.interval_s
        self.max_age = max_age_of(config.max_age)
        self._config = config
        self._root = root
        self._seen = seen
        self._stamps: dict[str, str] | None = None
        self._unconfirmed: tuple[dict[str, str], dict[str, str]] | None = None

    async def poll(self, cursor: Mapping[str, str], now: datetime) -> PollOutcome:
        """Read what is new, at most one batch of it; `next_after_s` 0 says that there may be more.

        Fails as `missing` or `unreadable` when the folder is; what is wrong with a file or a line is a
        rejected item.
        """
        return await asyncio.to_thread(self._poll, dict(cursor), now)

    def _poll(self, cursor: dict[str, str], now: datetime) -> PollOutcome:
        started = perf_counter()
        try:
            stamps = self._confirmed(cursor)
            fresh = self._fresh_files(stamps, now)
        except FileNotFoundError:
            return PollFailed("missing", f"no such folder: {self._config.path}")
        except OSError as error:
            return PollFailed("unreadable", f"{self._config.path}: {error.strerror}")
        if not fresh:
            return Unchanged(cursor, (perf_counter() - started) * _SCAN_SHARE)
        batch = Gathering(self._config, self._config.limits, self._root, now)
        done, rest = _read(fresh, cursor, batch)
        following = {"batch": str(_number(cursor, "batch") + 1), **rest}
        self._unconfirmed = (following, done)
        return Polled(tuple(batch.items), following, tuple(batch.rejected), next_after_s=0.0)

    def _confirmed(self, cursor: dict[str, str]) -> dict[str, str]:
        """The files that are done; those of the last batch too, if its cursor is back: then it is stored."""
        if self._stamps is None:
            self._stamps = self._seen.stamps(self.id)
        if self._unconfirmed is not None:
            following, done = self._unconfirmed
            if cursor == following and done:
                self._seen.mark(self.id, done)
                self._stamps.update(done)
            self._unconfirmed = None
        return self._stamps

    def _fresh_files(self, stamps: dict[str, str], now: datetime) -> list[Entry]:
        suffixes = PAGE_SUFFIXES | LINES_SUFFIXES
        entries = list_files(self._root, suffixes, is_recursive=self._config.recursive)
        vanished = stamps.keys() - {entry.name for entry in entries}
        if vanished:
            self._seen.forget(self.id, frozenset(vanished))
            for name in vanished:
                del stamps[name]
        fresh = [entry for entry in entries if stamps.get(entry.name) != entry.stamp]
        return [entry for entry in fresh if not 0 <= now.timestamp() - entry.modified_at_s < SETTLE_S]


def _read(
    fresh: list[Entry], cursor: dict[str, str], batch: Gathering
) -> tuple[dict[str, str], dict[str, str]]:
    """Fill the batch; return the files done, and what the cursor must say of one that is not finished.

    Pages come before lines, and the unfinished file before other lines: at most one is unfinished.
    """
    done: dict[str, str] = {}
    rest = {key: cursor[key] for key in _PLACE if key in cursor}
    for entry in sorted(fresh, key=lambda entry: (holds_lines(entry), entry.name != rest.get("file"))):
        if batch.is_full:
            break
        place = batch.take(entry, _place_in(entry, cursor))
        if place is not None:
            return done, dict(
                zip(_PLACE, (entry.name, entry.stamp, str(place.offset), str(place.lines)), strict=True)
            )
        if entry.name == rest.get("file"):
            rest = {}
        done[entry.name] = entry.stamp
    return done, rest


def _place_in(entry: Entry, cursor: Mapping[str, str]) -> Place:
    """Where to go on in this file: where the cursor says, if it means this file in this state."""
    if cursor.get("file") != entry.name or cursor.get("stamp") != entry.stamp:
        return Place()
    return Place(_number(cursor, "offset"), _number(cursor, "lines"))


def _number(cursor: Mapping[str, str], key: str) -> int:
    return whole_number(cursor.get(key, "")) or 0
